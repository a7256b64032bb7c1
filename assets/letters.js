/* The letters' page: its form and its tables come as escaped HTML; put in place once it is drawn,
   which is also when the browser can go to the part that the address names. */

(function () {
  "use strict";

  if (!location.pathname.startsWith("/letters")) return;
  const wait = new MutationObserver(() => {
    if (!document.querySelector(".letters .frames, .letters .states-line")) return;
    wait.disconnect();
    window.opsDesk.tables();
    for (const box of document.querySelectorAll(".frame-box")) {
      box.classList.add("waits");
      box.querySelector("iframe").addEventListener("load", () => box.classList.remove("waits"));
    }
    const wanted = location.hash && document.getElementById(location.hash.slice(1));
    if (wanted) requestAnimationFrame(() => wanted.scrollIntoView({ block: "start" }));
  });
  wait.observe(document.documentElement, { childList: true, subtree: true });
})();
