/* The bar's switches keep the rest of the address as it is when they are used; printing; on a phone
   the way to the other pages begins at this one. */

(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-set]");
    if (link) link.href = changed(link.dataset.set);
    if (event.target.closest("[data-print]")) window.print();
  }, true);

  /* Dash draws the page after this script ran. */
  const wait = new MutationObserver(() => {
    const bar = document.querySelector(".places");
    if (!bar && !document.getElementById("wall")) return;
    wait.disconnect();
    const here = bar && bar.querySelector("[aria-current]");
    if (!here) return;
    const [line, place] = [bar.getBoundingClientRect(), here.getBoundingClientRect()];
    bar.scrollLeft += place.left + place.width / 2 - line.left - line.width / 2;
  });
  wait.observe(document.documentElement, { childList: true, subtree: true });

  /* A page may change its address while it is open: so not before the click. */
  function changed(told) {
    const [name, value] = told.split("=");
    const question = new URLSearchParams(location.search);
    question.set(name, value);
    return location.pathname + "?" + question.toString().replaceAll("%2C", ",") + location.hash;
  }
})();
