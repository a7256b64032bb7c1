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

  /* --- a chart's menu: its picture as PNG, its data as CSV; a map is printed --- */

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const card = document.getElementById(button.dataset.of);
    const name = fileName(card);
    if (button.dataset.take === "png") png(card, name);
    else if (button.dataset.take === "print") setTimeout(() => window.print()); // the fold closes first
    else download(new Blob(["\ufeff" + csv(card.querySelector("table"))], { type: "text/csv" }), name + ".csv");
    closeAll(null);
  });

  function fileName(card) {
    const title = card.querySelector("h2").textContent.trim();
    return title.replace(/[^\p{L}\p{N} ,.%–-]+/gu, " ").slice(0, 80).trim() || card.id;
  }

  function png(card, name) {
    const plot = card.querySelector(".js-plotly-plot");
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
  }
})();
