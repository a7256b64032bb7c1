/* Links that tell why a number is what it is open in a dialog; without this they lead to a page.

   The dialog is one element, filled by a question to the server. On a wall nobody may ever close
   it, so there it closes by itself, and it never leads away from the wall by failing. */

(function () {
  "use strict";

  const SLOW = 300; // ms after which a skeleton is shown
  const FORGOTTEN = 120000; // ms without a sign of life after which a wall's dialog closes
  const PATIENCE = 8000; // ms for the answer

  let dialog = null;
  let asked = 0;
  let forgotten = 0;

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-why]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });

  async function open(link) {
    const number = (asked += 1);
    const slow = setTimeout(() => number === asked && show("", true), SLOW);
    try {
      const reply = await fetch(address(link), { signal: AbortSignal.timeout(PATIENCE) });
      const told = await reply.text();
      if (!(reply.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error(told);
      if (number === asked) show(told, false);
    } catch (error) {
      if (number === asked) fail(link);
    } finally {
      clearTimeout(slow);
    }
  }

  function address(link) {
    const question = new URL(link.href).searchParams;
    if (!question.has("lang")) question.set("lang", document.documentElement.lang);
    return "/api/why/" + encodeURIComponent(link.dataset.why) + "?" + question;
  }

  function fail(link) {
    if (dialog) dialog.close();
    if (!document.getElementById("wall")) location.href = link.href;
  }

  function show(told, waiting) {
    dialog = dialog || made();
    dialog.lang = document.documentElement.lang;
    dialog.dir = document.documentElement.dir;
    dialog.classList.toggle("waiting", waiting);
    dialog.querySelector(".why-inside").innerHTML = told;
    const named = dialog.querySelector("[data-close]");
    dialog.querySelector(".why-close").setAttribute("aria-label", named ? named.dataset.close : "×");
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    alive();
  }

  function made() {
    const box = document.createElement("dialog");
    box.className = "why-dialog";
    box.setAttribute("aria-labelledby", "why-title");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "why-close";
    close.textContent = "×";
    close.addEventListener("click", () => box.close());
    const inside = document.createElement("div");
    inside.className = "why-inside";
    box.append(close, inside);
    box.addEventListener("click", (event) => event.target === box && box.close());
    box.addEventListener("close", () => {
      asked += 1;
      clearTimeout(forgotten);
      inside.replaceChildren();
    });
    for (const sign of ["pointermove", "keydown", "scroll"]) box.addEventListener(sign, alive);
    document.body.append(box);
    return box;
  }

  function alive() {
    clearTimeout(forgotten);
    if (document.getElementById("wall")) forgotten = setTimeout(() => dialog.close(), FORGOTTEN);
  }
})();
