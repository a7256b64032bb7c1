/* The page /explore: its state is its address. Everything that narrows or widens the view is a
   change of the address; one question follows, and one answer moves the whole page. */

(function () {
  "use strict";

  const COLUMNS = "ops:explore:columns"; // where the browser remembers the grid's columns

  let page = null;
  let choices = {};
  let words = {};
  let usual = {};
  let view = null;
  let focused = "";
  let led = false; // whether the grid's columns were the last to change what is asked

  /* For whoever watches the page: whether the newest question is answered. */
  window.opsExplore = { settled: () => view !== null && view.settled(), hear: () => view.hear() };

  start();

  function start() {
    page = document.getElementById("explore");
    if (!page || !(window.dash_clientside && window.dash_clientside.set_props)) {
      if (!page && document.querySelector("[data-live], .desk")) return; // another page
      setTimeout(start, 60);
      return;
    }
    choices = JSON.parse(page.dataset.choices);
    words = JSON.parse(page.dataset.words);
    usual = JSON.parse(page.dataset.usual);
    view = window.opsDesk.view({
      name: "explore", page: page, words: words, said: "bar-said", fresh: "bar-fresh", usual: usual,
      asked: asked, came: came,
    });
    watch();
    listen();
    marks();
    charts();
    view.put("hours-ask");
    grid();
    page.dataset.ready = "true";
  }

  /* --- the address --- */

  /* What is chosen now; what the address says wrongly was dropped by the server, and is here. */
  function values(name) {
    const told = view.query()[name] ?? usual[name] ?? "";
    const known = name in choices && name !== "period" ? new Set(choices[name].map(([value]) => value)) : null;
    return told.split(",").filter((value) => value && (!known || known.has(value)));
  }

  function go(address) {
    const wanted = new URL(address, location.href);
    if (wanted.pathname + wanted.search !== location.pathname + location.search) {
      history.pushState(null, "", wanted);
      led = false;
      view.ask();
    }
    if (wanted.hash) document.querySelector(wanted.hash)?.scrollIntoView({ block: "start" });
  }

  function asked() {
    marks();
    view.put("hours-ask");
  }

  /* The hours answer for themselves: they take longer. */
  function watch() {
    new MutationObserver(() => {
      window.opsDesk.tables();
      charts();
    }).observe(document.getElementById("hours-answered"), { attributes: true });
  }

  function came() {
    charts();
    refocus();
    purge();
  }

  /* A link that was followed by keyboard is drawn anew: the focus stays where it was. */
  function remember(link) {
    const list = [...page.querySelectorAll("a")];
    focused = link.closest("[id]")?.id + "|" + list.filter((one) => one.closest("[id]") === link.closest("[id]")).indexOf(link);
  }

  function refocus() {
    if (!focused || document.activeElement !== document.body) return;
    const [id, at] = focused.split("|");
    const box = document.getElementById(id);
    const links = box ? box.querySelectorAll("a") : [];
    (links[Math.min(at, links.length - 1)] || document.querySelector("#filters summary"))?.focus({ preventScroll: true });
    focused = "";
  }

  /* --- what leads elsewhere --- */

  function listen() {
    window.addEventListener("popstate", () => {
      led = false;
      view.ask();
    });
    document.addEventListener("keydown", step);
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const link = event.target.closest("#explore a[href], .why-dialog a[href]");
      if (!link || link.target || link.dataset.why) return; // why.js answers the last
      const wanted = new URL(link.href, location.href);
      if (wanted.pathname !== page.dataset.path) return;
      event.preventDefault();
      link.closest("dialog")?.close();
      remember(link);
      go(link.href);
    });
    document.addEventListener("click", (event) => {
      const button = event.target.closest("#explore [data-do]");
      if (!button) return;
      if (button.dataset.do === "reset") go(reset());
      if (button.dataset.do === "copy") copy();
      if (button.dataset.do === "fresh") view.ask();
    });
    document.addEventListener("click", (event) => {
      const cell = event.target.closest("#table-data td[data-metric]");
      if (!cell) return;
      const link = cell.closest("tr").querySelector("th a"); // none in the foot: the whole view
      const { by, sort } = view.query();
      const narrowed = link ? new URL(link.href).search : location.search;
      go(view.spelled({ rows: cell.dataset.metric, by: by || "", sort: sort || "", where: "" }, narrowed) + "#rows");
    });
    document.addEventListener("ops:hub", (event) => toggle("hub", event.detail));
    document.addEventListener("ops:hover", (event) => {
      document.getElementById("place-hover").textContent = event.detail;
    });
    document.addEventListener("toggle", (event) => {
      if (event.target.matches?.("#explore details.pick") && event.target.open) fill(event.target);
    }, true);
  }

  /* The table's cells by arrow keys; Enter does what a click would. */
  function step(event) {
    const cell = event.target.closest("#table-data th, #table-data td");
    if (!cell) return;
    if (event.key === "Enter" && cell.dataset.metric) cell.click();
    const start = getComputedStyle(cell).direction === "rtl" ? 1 : -1;
    const [down, across] = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, start], ArrowRight: [0, -start],
    }[event.key] || [0, 0];
    const rows = [...cell.closest("table").rows];
    const next = rows[rows.indexOf(cell.parentElement) + down]?.cells[cell.cellIndex + across];
    if (!next || (!down && !across)) return;
    event.preventDefault();
    const target = next.querySelector("a") || next;
    if (target === next) next.tabIndex = -1;
    target.focus();
  }

  function reset() {
    const { lang, theme } = view.query();
    const kept = Object.entries({ lang, theme }).filter(([, value]) => value);
    return page.dataset.path + (kept.length ? "?" + new URLSearchParams(kept) : "");
  }

  function copy() {
    const done = () => flash(words.copied);
    const failed = () => flash(words.copy_failed);
    if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(done, failed);
    else failed();
  }

  function flash(text) {
    view.say(text);
    setTimeout(() => view.say(""), 3000);
  }

  function toggle(name, value) {
    const now = values(name);
    const next = now.includes(value) ? now.filter((one) => one !== value) : [...now, value];
    go(view.spelled({ [name]: name === "show" ? next.join(",") : next.sort().join(",") }));
  }

  /* --- charts: a mark that leads somewhere carries its address --- */

  function charts() {
    page.querySelectorAll(".js-plotly-plot").forEach((plot) => {
      if (plot.opsHeard || !plot.on) return;
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
    const missing = page.querySelectorAll(".dash-graph").length > page.querySelectorAll(".js-plotly-plot").length;
    const unheard = [...page.querySelectorAll(".js-plotly-plot")].some((plot) => !plot.opsHeard);
    if (missing || unheard) setTimeout(charts, 200);
  }

  /* --- what can be chosen --- */

  function marks() {
    page.querySelectorAll("details.pick").forEach((fold) => {
      const name = fold.dataset.pick;
      const count = fold.querySelector(".pick-count");
      if (fold.classList.contains("many") && name !== "show") {
        const chosen = values(name).length;
        count.textContent = chosen ? String(chosen) : "";
        fold.classList.toggle("on", chosen > 0);
      } else if (choices[name] && name !== "show" && name !== "columns") {
        const [value] = values(name);
        const found = choices[name].find(([one]) => one === value);
        count.textContent = found ? found[1] : name === "period" ? (value || "").replace("..", " – ") : "";
      }
      count.title = count.textContent; // it may be cut
      if (fold.open) check(fold);
    });
  }

  function fill(fold) {
    const box = fold.querySelector(".pick-box");
    if (!box.firstChild) {
      const name = fold.dataset.pick;
      if (name === "period") period(box);
      else list(box, name, fold.classList.contains("one") && name !== "columns");
    }
    check(fold);
    const first = box.querySelector("input[type=search]");
    if (first && innerWidth > 700) first.focus(); // on a phone the keyboard would cover the list
  }

  function list(box, name, single) {
    const all = choices[name] || [];
    if (all.length > 9) box.append(search(box, name));
    const rows = element("div", { className: "pick-list", role: "group" });
    all.forEach(([value, text, folded]) => {
      const input = element("input", { type: single ? "radio" : "checkbox", name: "pick-" + name, value: value });
      input.addEventListener("change", () => choose(name, value, single));
      const row = element("label", { className: "choice" }, input, element("span", { textContent: text, dir: "auto" }));
      row.dataset.folded = folded;
      rows.append(row);
    });
    box.append(rows, element("p", { className: "quiet none-found", hidden: true, textContent: words.none_found }));
    if (!single && name !== "columns") {
      const clear = element("button", { type: "button", className: "button", textContent: words.clear });
      clear.addEventListener("click", () => go(view.spelled({ [name]: "" })));
      box.append(clear);
    }
  }

  function choose(name, value, single) {
    if (name === "columns") showColumn(value);
    else if (single) go(view.spelled({ [name]: value, ...(name === "by" ? { sort: "" } : {}) }));
    else toggle(name, value);
  }

  function search(box, name) {
    const label = words.search;
    const field = element("input", { type: "search", placeholder: label, className: "pick-search", autocomplete: "off" });
    field.setAttribute("aria-label", label);
    field.addEventListener("input", () => {
      const wanted = fold(field.value);
      let shown = 0;
      box.querySelectorAll(".choice").forEach((row) => {
        row.hidden = !wanted.split(" ").every((part) => row.dataset.folded.includes(part));
        shown += !row.hidden;
      });
      box.querySelector(".none-found").hidden = shown > 0;
    });
    field.addEventListener("keydown", (event) => {
      const first = box.querySelector(".choice:not([hidden]) input");
      if (event.key === "Enter" && first) first.click();
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
    });
    return field;
  }

  /* Lower case without accents, đ → d: as the choices were folded. */
  function fold(text) {
    return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
  }

  function check(fold) {
    const name = fold.dataset.pick;
    const now = name === "columns" ? shownColumns() : values(name);
    fold.querySelectorAll(".choice input").forEach((input) => {
      const wanted = input.name === "pick-compare" ? values("compare") : now;
      input.checked = wanted.includes(input.value) || (input.value === "" && !wanted.length);
    });
    const days = (view.query().period || "").split("..");
    fold.querySelectorAll("input[type=date]").forEach((input, at) => {
      if (days.length === 2) input.value = days[at];
    });
  }

  function period(box) {
    list(box, "period", true);
    const days = ["first", "last"].map((name) => {
      const input = element("input", { type: "date", required: true, min: "2000-01-01" });
      return [input, element("label", { className: "day" }, words[name], input)];
    });
    const apply = element("button", { type: "submit", className: "button", textContent: words.apply });
    const form = element("form", { className: "range" }, days[0][1], days[1][1], apply);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(view.spelled({ period: days.map(([input]) => input.value).sort().join("..") }));
    });
    const compare = element("fieldset", { className: "compare" }, element("legend", { textContent: words.compare }));
    [["", words.no_compare], ...choices.compare].forEach(([value, text]) => {
      const input = element("input", { type: "radio", name: "pick-compare", value: value });
      input.addEventListener("change", () => go(view.spelled({ compare: value })));
      compare.append(element("label", { className: "choice" }, input, element("span", { textContent: text })));
    });
    box.append(form, compare);
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  /* --- the grid of rows --- */

  let api = null;

  function grid() {
    const found = window.dash_ag_grid && window.dash_ag_grid.getApiAsync;
    if (!found) {
      setTimeout(grid, 200);
      return;
    }
    found("rows-grid").then((ready) => {
      api = ready;
      restore();
      ["columnVisible", "columnMoved", "columnResized"].forEach((name) => api.addEventListener(name, keep));
      api.addEventListener("sortChanged", orderExports);
      api.addEventListener("filterChanged", (event) => { led = event.source !== "api"; });
      new MutationObserver(filtered).observe(document.getElementById("rows-where"), { attributeFilter: ["title"] });
    });
  }

  /* What somebody filters the columns by becomes a part of the address, as the server spells it.
     Where the address was changed elsewhere, by a chip or by going back, the columns follow it. */
  function filtered() {
    const told = document.getElementById("rows-where").title;
    if (!led || told === (view.query().where || "")) return;
    history.pushState(null, "", view.spelled({ where: told }));
    view.ask();
  }

  function refilter() {
    if (led || document.getElementById("rows-where").title === (view.query().where || "")) return;
    api.setFilterModel(JSON.parse(document.getElementById("rows-model").title));
  }

  /* A file of the rows has them in the order of the screen. */
  function orderExports() {
    const sorted = api.getColumnState().find((one) => one.sort);
    page.querySelectorAll("#rows-exports a").forEach((link) => {
      const address = new URL(link.href);
      address.searchParams.delete("order");
      if (sorted) address.searchParams.set("order", (sorted.sort === "desc" ? "-" : "") + sorted.colId);
      link.href = address;
    });
  }

  function purge() {
    if (!api) return;
    orderExports();
    refilter();
    api.purgeInfiniteCache();
    api.ensureIndexVisible(0, "top");
  }

  function shownColumns() {
    return api ? api.getColumnState().filter((one) => !one.hide).map((one) => one.colId) : [];
  }

  function showColumn(name) {
    if (api) api.setColumnsVisible([name], !shownColumns().includes(name));
  }

  function keep() {
    const state = api.getColumnState().map(({ colId, hide, width }) => ({ colId, hide, width }));
    try {
      localStorage.setItem(COLUMNS, JSON.stringify(state));
    } catch {
      /* a browser that keeps nothing: the columns are as at first next time */
    }
  }

  function restore() {
    try {
      const state = JSON.parse(localStorage.getItem(COLUMNS) || "null");
      if (Array.isArray(state)) api.applyColumnState({ state: state, applyOrder: true });
    } catch {
      localStorage.removeItem(COLUMNS);
    }
  }

  /* How the grid writes a code (a link to the dossier's page) and where a dossier stands. */
  const drawn = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  drawn.OpsCode = (cell) => {
    if (!cell.data) return null;
    const { lang, theme } = view.query();
    const kept = new URLSearchParams(Object.entries({ lang, theme }).filter(([, value]) => value));
    const address = "/dossier/" + encodeURIComponent(cell.data.source) + "/" + encodeURIComponent(cell.data.code);
    const href = address + (String(kept) ? "?" + kept : "");
    return window.React.createElement("a", { href: href, dir: "ltr" }, cell.data.code);
  };

  drawn.OpsStanding = (cell) => {
    if (!cell.data) return null;
    const { mark, standing } = cell.data;
    const shape = mark && window.React.createElement("span", { className: "shape " + mark, "aria-hidden": "true" });
    return window.React.createElement("span", { className: "standing " + (mark || "plain") }, shape || null, standing);
  };
})();
