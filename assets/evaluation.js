/* The evaluation: its long tables come as escaped HTML and are put in place once they are drawn –
   as components of Dash, two hundred rows kept a browser busy for a quarter of a minute. What a
   keeper has just saved is said far down the page; it is shown there. */

(function () {
  "use strict";

  if (!location.pathname.startsWith("/evaluation")) return;
  let saved = new URLSearchParams(location.search).has("saved");
  new MutationObserver(() => {
    if (!document.querySelector(".evaluation")) return;
    window.opsDesk.tables();
    const told = saved && document.querySelector(".enter .saved");
    if (!told) return;
    saved = false;
    requestAnimationFrame(() => told.scrollIntoView({ block: "center" }));
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
