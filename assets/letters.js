/* The letters' page: its form and its tables come as escaped HTML; put in place once it is drawn. */

(function () {
  "use strict";

  if (!location.pathname.startsWith("/letters")) return;
  const wait = new MutationObserver(() => {
    if (!document.querySelector(".letters .frames, .letters .states-line")) return;
    wait.disconnect();
    window.opsDesk.tables();
  });
  wait.observe(document.documentElement, { childList: true, subtree: true });
})();
