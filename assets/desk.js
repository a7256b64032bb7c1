/* What every desk page does: folds that close by themselves, and charts that can be taken along. */

(function () {
  "use strict";

  const desk = (window.opsDesk = { download: download, csv: csv });
  const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

  /* --- folds: one open at a time; Escape and a click elsewhere close it --- */

  const FOLDS = "details.pick, details.menu";

  document.addEventListener("click", (event) => closeAll(event.target.closest(FOLDS)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.pick[open], details.menu[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
  document.addEventListener("focusin", (event) => closeAll(event.target.closest(FOLDS)));

  function closeAll(but) {
    document.querySelectorAll("details.pick[open], details.menu[open]").forEach((fold) => {
      if (fold !== but) fold.removeAttribute("open");
    });
  }

  /* --- paper is light: a dark page turns light for as long as it is printed --- */

  const root = document.documentElement;
  window.addEventListener("beforeprint", () => {
    if (!document.querySelector(".desk") || root.dataset.theme !== "dark") return;
    root.dataset.theme = "light";
    root.dataset.printing = "dark"; // charts were drawn dark: the sheet turns their colours round
  });
  window.addEventListener("afterprint", () => {
    if (!root.dataset.printing) return;
    root.dataset.theme = root.dataset.printing;
    delete root.dataset.printing;
  });

  /* --- tables: their HTML comes escaped in a property of their box --- */

  desk.tables = () => document.querySelectorAll("[data-html]").forEach((box) => {
    if (box.opsHtml === box.dataset.html) return;
    box.opsHtml = box.dataset.html;
    box.innerHTML = box.opsHtml;
  });

  /* --- a page that was drawn when it was opened says when there is newer data --- */

  const FRESH = 20000; // ms between two looks
  let etag = "";

  /* The newest revision that was heard of; without an answer the one before. */
  desk.newest = async () => {
    try {
      const reply = await fetch("/api/snapshot/overview?lang=" + root.lang, {
        headers: { "If-None-Match": etag },
        signal: AbortSignal.timeout(5000),
      });
      etag = reply.headers.get("ETag") || etag;
    } catch {
      /* the page stays what it is; the next choice will say so */
    }
    return Number(etag.split(".")[1]) || 0; // "build.revision.minute…"
  };

  async function hear() {
    const button = document.querySelector("button[data-fresh]");
    if (!button || document.hidden) return;
    button.hidden = !((await desk.newest()) > Number(button.dataset.fresh));
  }

  desk.hear = hear;
  setInterval(hear, FRESH);
  document.addEventListener("click", (event) => {
    if (event.target.closest("button[data-fresh]")) location.reload();
  });

  /* --- waiting for an answer: nothing flickers; what takes long says so; what fails says what to do.
     `said`: the id of the place for words; `ask`: puts the question again --- */

  const SLOW = 300; // ms without an answer after which the page says that it works
  const LONG = 8000; // ms after which it says that the server does not answer

  desk.waiting = ({ page, words, said, ask }) => {
    let slow = 0;
    let silent = 0;

    function begin() {
      clearTimeout(slow);
      clearTimeout(silent);
      slow = setTimeout(() => {
        page.classList.add("waiting");
        say(words.waiting);
      }, SLOW);
      silent = setTimeout(look, LONG);
    }

    function end() {
      clearTimeout(slow);
      clearTimeout(silent);
      page.classList.remove("waiting");
      say("");
    }

    /* As soon as the server is back, what was asked is asked again. */
    function look() {
      fetch("/health", { signal: AbortSignal.timeout(4000) }).then(
        () => { silent = setTimeout(look, LONG); },
        () => {
          say(words.server_gone);
          silent = setTimeout(back, 3000);
        },
      );
    }

    function back() {
      fetch("/health", { signal: AbortSignal.timeout(4000) }).then(ask, () => {
        silent = setTimeout(back, 3000);
      });
    }

    function say(text) {
      const place = document.getElementById(said);
      if (place && place.textContent !== text) place.textContent = text;
    }

    return { begin: begin, end: end, say: say };
  };

  /* --- a page that is its address: a choice changes the address, one question follows, and one
     answer moves the whole page. `name`: what the ids of its question, answer and revision begin
     with; `fresh`: the button that offers newer data; `usual`: values that need not be spelled;
     `asked`, `came`: what the page itself does then --- */

  desk.view = ({ name, page, words, said, fresh, usual, asked, came }) => {
    const order = page.dataset.order.split(",");
    const tab = Math.random().toString(36).slice(2);
    const waiting = desk.waiting({ page: page, words: words, said: said, ask: ask });
    let number = 0;
    let answered = 0;

    function query() {
      return Object.fromEntries(new URLSearchParams(location.search));
    }

    function spelled(changes, from = location.search) {
      const all = { ...Object.fromEntries(new URLSearchParams(from)), ...changes };
      const parts = order
        .filter((one) => all[one] && all[one] !== usual[one])
        .map((one) => one + "=" + encodeURIComponent(all[one]).replace(/%2C/gi, ",").replace(/%3A/gi, ":"));
      return page.dataset.path + (parts.length ? "?" + parts.join("&") : "");
    }

    /* What is put to a place of the server: the address as it is now, as which question of whom. */
    function put(place) {
      const told = { search: location.search, tab: tab, number: number };
      window.dash_clientside.set_props(place, { data: told });
    }

    function ask() {
      number += 1;
      waiting.begin();
      put(name + "-ask");
      asked();
    }

    /* New data is offered, not forced: what somebody reads does not move under their eyes. */
    async function hear() {
      offer((await desk.newest()) > Number(document.getElementById(name + "-revision").title));
    }

    function offer(newer) {
      document.getElementById(fresh).hidden = !newer;
    }

    function arrived() {
      const which = Number(document.getElementById(name + "-answered").title);
      if (which < number || which === answered) return;
      answered = which;
      waiting.end();
      offer(false);
      desk.tables();
      const notice = document.getElementById("notice");
      if (notice && notice.textContent) window.dash_clientside.set_props("notice", { children: "" });
      came();
    }

    function watch() {
      new MutationObserver(arrived).observe(document.getElementById(name + "-answered"), { attributes: true });
      const notice = document.getElementById("notice");
      if (notice) new MutationObserver(() => { if (notice.textContent) waiting.end(); })
        .observe(notice, { childList: true, characterData: true, subtree: true });
    }

    desk.tables();
    watch();
    setInterval(hear, FRESH);
    return {
      query: query, spelled: spelled, put: put, ask: ask, hear: hear, say: waiting.say,
      settled: () => answered === number,
    };
  };

  /* --- a chart's menu: its picture as PNG, its data as CSV --- */

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const card = document.getElementById(button.dataset.of);
    const name = fileName(card);
    if (button.dataset.take === "png") png(card, name);
    else download(new Blob(["\ufeff" + csv(card.querySelector("table"))], { type: "text/csv" }), name + ".csv");
    closeAll(null);
  });

  function fileName(card) {
    const title = card.querySelector("h2").textContent.trim();
    return title.replace(/[^\p{L}\p{N} ,.%–-]+/gu, " ").slice(0, 80).trim() || card.id;
  }

  function png(card, name) {
    const plot = card.querySelector(".js-plotly-plot");
    if (!plot) {
      mapped(card).then((address) => save(address, name + ".png"));
      return;
    }
    const style = getComputedStyle(card);
    window.Plotly.toImage(
      {
        data: plot.data,
        layout: {
          ...plot.layout,
          paper_bgcolor: style.backgroundColor,
          title: { text: card.querySelector("h2").textContent, font: { size: 16, color: style.color }, x: 0.02, xanchor: "left" },
          margin: { ...plot.layout.margin, t: 56 },
        },
      },
      { format: "png", width: 1200, height: 560, scale: 2 },
    ).then((address) => save(address, name + ".png"));
  }

  /* A map as a picture: its shapes as an image of their own, then title, codes and legend in the
     page's fonts. Tiles below it are not drawn: they belong to others, and lock the canvas. */
  const AROUND = 16; // CSS pixels
  const HEAD = 64;
  const SIDE = 170;

  async function mapped(card) {
    const box = card.querySelector(".ward-map").getBoundingClientRect();
    const style = getComputedStyle(card);
    const canvas = document.createElement("canvas");
    const wide = box.width + SIDE + 2 * AROUND;
    canvas.width = 2 * wide;
    canvas.height = 2 * (box.height + HEAD + AROUND);
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = style.backgroundColor;
    pen.fillRect(0, 0, wide, canvas.height);
    const shapes = await pictured(card.querySelector(".leaflet-overlay-pane svg"), box);
    pen.drawImage(shapes, AROUND, HEAD, box.width, box.height);
    const write = (element, x, y, align) => {
      const look = getComputedStyle(element);
      pen.font = look.fontWeight + " " + look.fontSize + " " + look.fontFamily;
      pen.fillStyle = look.color;
      pen.textAlign = align;
      pen.textBaseline = "middle";
      pen.direction = look.direction;
      pen.fillText(element.textContent.split(" · ")[0].trim(), x, y); // what to click is left out
    };
    card.querySelectorAll(".map-label").forEach((label) => {
      const at = label.getBoundingClientRect();
      write(label, AROUND + at.x + at.width / 2 - box.x, HEAD + at.y + at.height / 2 - box.y, "center");
    });
    const start = style.direction === "rtl" ? wide - AROUND : AROUND;
    write(card.querySelector("h2"), start, 22, "start");
    write(card.querySelector("header p"), start, 46, "start");
    card.querySelectorAll(".desk-legend li").forEach((line, at) => {
      const y = HEAD + AROUND + 22 * at;
      pen.fillStyle = getComputedStyle(line.querySelector(".swatch")).backgroundColor;
      pen.fillRect(wide - SIDE, y - 7, 20, 14);
      write(line.querySelector("bdi") || line, wide - SIDE + 30, y, "left");
    });
    return canvas.toDataURL("image/png");
  }

  /* The map's SVG as an image of just what the box shows, with the colours that it has now. */
  function pictured(svg, box) {
    const copy = svg.cloneNode(true);
    const drawn = svg.querySelectorAll("path");
    copy.querySelectorAll("path").forEach((path, at) => {
      const look = getComputedStyle(drawn[at]);
      ["fill", "stroke"].forEach((name) => path.setAttribute(name, look[name]));
    });
    const here = svg.getBoundingClientRect();
    const seen = svg.viewBox.baseVal;
    const scale = seen.width / here.width;
    const corner = [seen.x + (box.x - here.x) * scale, seen.y + (box.y - here.y) * scale];
    copy.setAttribute("viewBox", [...corner, box.width * scale, box.height * scale].join(" "));
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    copy.removeAttribute("style");
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
    return image.decode().then(() => image);
  }

  function csv(table) {
    return [...table.rows]
      .map((row) => [...row.cells].map((cell) => quoted(cell.textContent.trim())).join(","))
      .join("\r\n");
  }

  function quoted(text) {
    const bare = text.replace(/[\u2066-\u2069]/g, "");
    const safe = FORMULA.test(bare) && !/^[+−-]?[\d.,\s]+%?$/.test(bare) ? "'" + bare : bare;
    return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }

  function download(blob, name) {
    const address = URL.createObjectURL(blob);
    save(address, name);
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function save(address, name) {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    desk.saved = name; // for whoever watches
    desk.address = address;
  }
})();
