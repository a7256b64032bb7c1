/* All hubs as a grid of cells. Two hundred of them as Dash components would cost seconds at each
   update; written here from one attribute, they cost a few milliseconds. */

(function () {
  "use strict";

  const GRID = "hubs-grid";

  document.addEventListener("ops:start", () => {
    const grid = document.getElementById(GRID);
    if (grid && grid.dataset.cells) fill(grid, grid.dataset.cells);
  });

  document.addEventListener("ops:props", (event) => {
    const grid = document.getElementById(GRID);
    const cells = event.detail.id === GRID && event.detail.changed["data-cells"];
    if (grid && cells) fill(grid, cells);
  });

  function fill(grid, cells) {
    grid.replaceChildren(...JSON.parse(cells).map(cell));
  }

  /* As web/scenes/hubs.py writes it; name, words and rate are empty in a crowded grid. */
  function cell([code, name, count, state, words, rate]) {
    const top = element("p", "top", [element("bdi", "code", code, "ltr")]);
    if (name) top.append(element("span", "name", name, "auto"));
    const middle = element("p", "middle", [
      element("bdi", "count", count, "ltr"), element("span", "shape " + state),
    ]);
    if (words) middle.append(element("span", "said", words), element("bdi", "rate", rate, "ltr"));
    const made = element("li", "cell " + state + (state === "none" ? " silent" : ""), [top, middle]);
    made.title = name; // whole, where the cell cuts it
    return made;
  }

  function element(tag, name, inside = "", direction = "") {
    const made = document.createElement(tag);
    made.className = name;
    if (direction) made.dir = direction;
    if (typeof inside === "string") made.textContent = inside;
    else made.append(...inside);
    return made;
  }
})();
