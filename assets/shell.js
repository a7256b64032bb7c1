/* The bar's switches keep the rest of the address as it is when they are used; printing. */

(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-set]");
    if (link) link.href = changed(link.dataset.set);
    if (event.target.closest("[data-print]")) window.print();
  }, true);

  /* A page may change its address while it is open: so not before the click. */
  function changed(told) {
    const [name, value] = told.split("=");
    const question = new URLSearchParams(location.search);
    question.set(name, value);
    return location.pathname + "?" + question.toString().replaceAll("%2C", ",") + location.hash;
  }
})();
