/* The road map's filters: items are in the page already, so choosing shows and hides them at once;
   the address follows, and comes back with the browser's own buttons. Without this script every
   choice is a link to the same page drawn anew. */

(function () {
  "use strict";

  const NAMES = ["owner", "phase", "state"];

  /* The table comes as escaped HTML: as components of Dash, 120 items kept a browser busy for
     half a minute. */
  if (location.pathname.startsWith("/plan")) {
    new MutationObserver(() => {
      if (document.querySelector(".plan")) window.opsDesk.tables();
    }).observe(document.documentElement, { childList: true, subtree: true });
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest && event.target.closest("a[data-filter], a[data-clear], .plan-counts a");
    if (!link || !document.getElementById("plan-table")) return;
    event.preventDefault();
    event.stopPropagation();
    history.pushState(history.state, "", next(link));
    const fold = link.closest("details");
    if (fold) {
      fold.open = false;
      fold.querySelector("summary").focus();
    }
    show();
  }, true);

  window.addEventListener("popstate", () => {
    if (location.pathname === "/plan") show();
  });

  /* The number above the table asks for its state alone. */
  function next(link) {
    const question = asked();
    const { filter, value, clear } = link.dataset;
    const alone = link.closest(".plan-counts");
    if (clear || alone) NAMES.forEach((name) => question.delete(name));
    if (filter && !alone && question.get(filter) === value) question.delete(filter);
    else if (filter) question.set(filter, value);
    const told = question.toString();
    return location.pathname + (told ? "?" + told : "");
  }

  /* What the address says wrongly was dropped by the server, and is here. */
  function asked() {
    const question = new URLSearchParams(location.search);
    const known = [...document.querySelectorAll("#plan-filters a[data-filter], .plan-counts a")];
    for (const name of NAMES) {
      const value = question.get(name);
      if (!known.some((link) => link.dataset.filter === name && link.dataset.value === value)) question.delete(name);
    }
    return question;
  }

  function show() {
    const question = asked();
    const chosen = NAMES.filter((name) => question.get(name));
    let shown = 0;
    let all = 0;
    for (const body of document.querySelectorAll("#plan-table tbody")) {
      let some = false;
      for (const row of body.querySelectorAll("tr[data-owner]")) {
        row.hidden = !chosen.every((name) => JSON.parse(row.dataset[name]).includes(question.get(name)));
        all += 1;
        shown += row.hidden ? 0 : 1;
        some = some || !row.hidden;
      }
      body.hidden = !some;
    }
    tell(question, chosen, shown, all);
  }

  function tell(question, chosen, shown, all) {
    let owner = "";
    for (const link of document.querySelectorAll("#plan-filters a[data-filter]")) {
      const on = question.get(link.dataset.filter) === link.dataset.value;
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (on && link.dataset.filter === "owner") owner = link.lastElementChild ? link.lastElementChild.textContent : link.textContent;
    }
    const label = document.getElementById("plan-owner");
    label.textContent = owner || label.closest("summary").dataset.anybody;
    document.querySelector("#plan-filters a[data-clear]").hidden = !chosen.length;
    const found = document.getElementById("plan-found");
    found.textContent = !shown ? found.dataset.none : chosen.length
      ? found.dataset.found.replace("{n}", shown).replace("{of}", all) : "";
    for (const kind of ["csv", "xlsx"]) {
      document.getElementById("plan-" + kind).href = "/export/plan." + kind + location.search;
    }
  }

  /* A plan that somebody has changed since is offered, not forced. */
  const FRESH = 30000; // ms between two looks

  async function hear() {
    const button = document.querySelector("button[data-mark]");
    if (!button || document.hidden) return;
    try {
      const reply = await fetch(button.dataset.way, { signal: AbortSignal.timeout(5000) });
      if (reply.ok) button.hidden = (await reply.text()) === button.dataset.mark;
    } catch {
      /* no answer: the page stays what it is */
    }
  }

  window.opsPlan = { hear: hear };
  setInterval(hear, FRESH);
  document.addEventListener("click", (event) => {
    if (event.target.closest("button[data-mark]")) location.reload();
  });

  /* A fold that is left closes. */
  document.addEventListener("click", (event) => {
    for (const fold of document.querySelectorAll(".owner-menu[open]")) {
      if (!fold.contains(event.target)) fold.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && document.querySelector(".owner-menu[open]");
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
})();
