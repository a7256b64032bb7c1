/* The page /campaign: its state is its address. A choice changes the address; one question follows,
   and one answer moves the whole page. */

(function () {
  "use strict";

  let page = null;
  let words = {};
  let view = null;
  let turned = false; // on a phone what was chosen stands below all the cards

  /* For whoever watches the page: whether the newest question is answered. */
  window.opsCampaign = { settled: () => view !== null && view.settled(), hear: () => view.hear() };

  start();

  function start() {
    page = document.getElementById("campaign");
    if (!page || !(window.dash_clientside && window.dash_clientside.set_props)) {
      if (!location.pathname.startsWith("/campaign")) return; // another page
      setTimeout(start, 60);
      return;
    }
    words = JSON.parse(page.dataset.words);
    view = window.opsDesk.view({
      name: "campaign", page: page, words: words, said: "campaign-said", fresh: "campaign-fresh",
      usual: {}, asked: marks, came: came,
    });
    listen();
    marks();
    charts();
    page.dataset.ready = "true";
  }

  /* --- the address --- */

  /* What is chosen now; what the address says wrongly was dropped by the server, and is here. */
  function values(name) {
    const told = (view.query()[name] || "").split(",").filter(Boolean);
    const fold = page.querySelector('details.pick[data-pick="' + name + '"]');
    const known = new Set([...fold.querySelectorAll(".choice input")].map((input) => input.value));
    return told.filter((value) => known.has(value));
  }

  function go(address) {
    const wanted = new URL(address, location.href);
    if (wanted.pathname !== page.dataset.path) {
      location.assign(wanted);
    } else if (wanted.search !== location.search) {
      history.pushState(null, "", wanted);
      view.ask();
    }
  }

  function came() {
    charts();
    marks();
    if (turned) document.getElementById("burn-up").scrollIntoView({ block: "start" });
    turned = false;
  }

  /* --- what leads elsewhere --- */

  function listen() {
    window.addEventListener("popstate", () => view.ask());
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const link = event.target.closest("#campaign a[href]");
      if (link) follow(event, link);
      const button = event.target.closest("#campaign [data-do]");
      if (button) act(button.dataset.do);
      const clear = event.target.closest("#campaign [data-clear]");
      if (clear) go(view.spelled({ [clear.dataset.clear]: "" }));
      if (!link) cell(event.target.closest("#heat-data td, #heat-data th"));
    });
    document.addEventListener("change", (event) => {
      const input = event.target.closest("#campaign .choice input");
      if (input) choose(input);
    });
    document.addEventListener("input", (event) => {
      if (event.target.matches("#campaign .pick-search")) search(event.target);
    });
    document.addEventListener("keydown", step);
  }

  function follow(event, link) {
    const wanted = new URL(link.href, location.href);
    if (wanted.pathname !== page.dataset.path || link.target) return;
    event.preventDefault();
    turned = link.classList.contains("indicator") && innerWidth <= 700;
    go(link.href);
  }

  function act(what) {
    if (what === "fresh") view.ask();
    if (what === "reset") {
      const { lang, theme } = view.query();
      const kept = new URLSearchParams(Object.entries({ lang, theme }).filter(([, value]) => value));
      go(page.dataset.path + (String(kept) ? "?" + kept : ""));
    }
    if (what === "copy") {
      const told = (text) => { view.say(text); setTimeout(() => view.say(""), 3000); };
      if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(() => told(words.copied), () => told(words.copy_failed));
      else told(words.copy_failed);
    }
  }

  /* A cell of the heat map leads to its dossiers, or else narrows the page to its hub. */
  function cell(target) {
    const hub = target?.closest("tr").dataset.hub;
    if (!hub || target.matches(".not-yet, .to-come, .silent")) return;
    const table = target.closest("table");
    const day = table.rows[0].cells[target.cellIndex].dataset.day;
    const way = table.dataset.way;
    if (!way || !day) go(view.spelled({ hubs: hub }));
    else go(way.replaceAll("{day}", day).replace("{hub}", encodeURIComponent(hub)));
  }

  /* The heat map by arrow keys; Enter does what a click would. */
  function step(event) {
    const here = event.target.closest?.("#heat-data th, #heat-data td, #heat-data");
    if (!here) return;
    if (event.key === "Enter" && here.matches("td")) cell(here);
    const start = getComputedStyle(here).direction === "rtl" ? 1 : -1;
    const [down, across] = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, start], ArrowRight: [0, -start],
    }[event.key] || [0, 0];
    if (!down && !across) return;
    const table = document.querySelector("#heat-data table");
    const place = here.matches("th, td") ? here : null;
    const next = place
      ? table?.rows[place.parentElement.rowIndex + down]?.cells[place.cellIndex + across]
      : table?.rows[1]?.cells[1];
    if (!next) return;
    event.preventDefault();
    const target = next.querySelector("a") || next;
    if (target === next) next.tabIndex = -1;
    target.focus();
  }

  /* --- charts: a mark that leads somewhere carries its address --- */

  function charts() {
    const plots = [...page.querySelectorAll(".js-plotly-plot")];
    plots.filter((plot) => !plot.opsHeard && plot.on).forEach((plot) => {
      plot.opsHeard = true;
      plot.on("plotly_click", (event) => {
        const href = event.points[0] && event.points[0].customdata;
        if (href) go(href);
      });
      plot.on("plotly_hover", (event) => {
        plot.classList.toggle("leads", Boolean(event.points[0] && event.points[0].customdata));
      });
      plot.on("plotly_unhover", () => plot.classList.remove("leads"));
    });
    const missing = page.querySelectorAll(".dash-graph").length > plots.length;
    if (missing || plots.some((plot) => !plot.opsHeard)) setTimeout(charts, 200);
  }

  /* --- what can be chosen --- */

  function chosen(name) {
    const told = values(name);
    return name === "campaign" && !told.length ? [page.dataset.usual] : told;
  }

  function marks() {
    page.querySelectorAll("details.pick").forEach((fold) => {
      const now = chosen(fold.dataset.pick);
      fold.querySelectorAll(".choice input").forEach((input) => { input.checked = now.includes(input.value); });
      const many = fold.classList.contains("many");
      fold.classList.toggle("on", many && now.length > 0);
      const first = fold.querySelector(".choice input:checked");
      fold.querySelector(".pick-count").textContent = many
        ? (now.length ? String(now.length) : "")
        : first ? first.parentElement.textContent : "";
    });
  }

  function choose(input) {
    const name = input.name.replace("pick-", "");
    if (input.type === "radio") {
      const wanted = input.value === page.dataset.usual ? "" : input.value;
      go(view.spelled({ [name]: wanted, indicator: "" }));
      return;
    }
    const rest = values(name).filter((one) => one !== input.value);
    go(view.spelled({ [name]: (input.checked ? [...rest, input.value] : rest).sort().join(",") }));
  }

  function search(field) {
    const box = field.closest(".pick-box");
    const wanted = fold(field.value).split(" ");
    let shown = 0;
    box.querySelectorAll(".choice").forEach((row) => {
      row.hidden = !wanted.every((part) => row.dataset.folded.includes(part));
      shown += !row.hidden;
    });
    box.querySelector(".none-found").hidden = shown > 0;
  }

  /* Lower case without accents, đ → d: as the choices were folded. */
  function fold(text) {
    return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
  }
})();
