/* A hub's lists and the list of all hubs come as escaped HTML and are put in place once they are
   drawn: as components of Dash, two hundred rows kept a browser busy for 20 to 30 s. The list of
   hubs shows those whose code or name holds what was typed, accents or not. */

(function () {
  "use strict";

  document.addEventListener("input", (event) => {
    if (event.target.id === "hub-search") find(event.target.value);
  });

  /* Dash draws the page after this script ran; an address may bring a search along. */
  const wait = new MutationObserver(() => {
    window.opsDesk.tables();
    const box = document.getElementById("hub-search");
    if (!box || !document.getElementById("hub-table")) return;
    wait.disconnect();
    if (box.value) find(box.value);
  });
  if (/^\/hubs?(\/|$)/.test(location.pathname)) {
    wait.observe(document.documentElement, { childList: true, subtree: true });
  }

  function find(typed) {
    const words = folded(typed).split(" ").filter(Boolean);
    const rows = [...document.querySelectorAll("#hub-table tbody tr")];
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => row.dataset.search.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    const found = document.getElementById("hub-found");
    found.textContent = !words.length ? "" : shown
      ? found.dataset.found.replace("{n}", shown).replace("{of}", rows.length)
      : found.dataset.none;
    keep(typed.trim());
  }

  function folded(text) {
    return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").trim();
  }

  function keep(typed) {
    const question = new URLSearchParams(location.search);
    if (typed) question.set("q", typed);
    else question.delete("q");
    const asked = question.toString();
    history.replaceState(history.state, "", location.pathname + (asked ? "?" + asked : ""));
  }
})();
