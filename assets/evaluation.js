/* The evaluation: what a keeper has just saved is said far down the page; it is shown there. */

(function () {
  "use strict";

  if (!location.pathname.startsWith("/evaluation")) return;
  if (!new URLSearchParams(location.search).has("saved")) return;
  const wait = new MutationObserver(() => {
    const told = document.querySelector(".enter .saved");
    if (!told) return;
    wait.disconnect();
    requestAnimationFrame(() => told.scrollIntoView({ block: "center" }));
  });
  wait.observe(document.documentElement, { childList: true, subtree: true });
})();
