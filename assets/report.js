/* The page on which teams report: its forms come as escaped HTML and are put in place once the page
   is drawn. A form that is under way is not sent twice. */

(function () {
  "use strict";

  if (location.pathname !== "/report") return;
  const wait = new MutationObserver(() => {
    if (!document.querySelector(".report .template-files")) return; // the last part of the page
    wait.disconnect();
    window.opsDesk.tables();
    for (const form of document.querySelectorAll(".report-form form[method='post']")) {
      form.addEventListener("submit", () => (form.querySelector("button").disabled = true));
    }
  });
  wait.observe(document.documentElement, { childList: true, subtree: true });
})();
