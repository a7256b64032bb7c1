/* Says how fresh the page is: the badge, and over a picture that has aged, the stamp.

   Ages are the server's, counted on by the page's monotonic clock (live.js). */

(function () {
  "use strict";

  const SILENT = 6000; // ms without an answer after which the server counts as gone
  const SHAPES = { live: "good", late: "watch", quiet: "none", loading: "none" };
  const AGED = ["late", "stale"];
  const GONE = ["server", "worker", "database"];

  let live = null;
  let page = null;
  let words = {};

  document.addEventListener("ops:start", () => {
    live = window.opsLive;
    page = document.querySelector("[data-live]");
    words = JSON.parse(page.dataset.words || "{}");
    document.addEventListener("ops:tick", draw);
  });

  function judge() {
    const heard = live.heard();
    if (live.silent() > SILENT) return ["server", live.silent() / 1000];
    if (!heard) return ["loading", 0];
    if (heard.state === "database_gone") return ["database", live.on(heard.stateAge)];
    if (heard.state === "worker_late") return ["worker", live.on(heard.stateAge)];
    return [heard.freshness, 0];
  }

  function draw() {
    const [state, since] = judge();
    live.state = state;
    const heard = live.heard();
    const age = heard ? live.on(heard.dataAge) : null;
    const badge = document.getElementById("badge");
    if (badge) {
      setClass(badge, "badge " + (SHAPES[state] || "bad"));
      write(badge, ".badge-word", words["badge." + state]);
      write(badge, ".badge-age", age === null ? "" : spoken(age));
    }
    page.classList.toggle("aged", AGED.includes(state));
    page.classList.toggle("gone", GONE.includes(state));
    page.dataset.state = state;
    stamp(state, since, age);
  }

  function stamp(state, since, age) {
    const box = document.getElementById("stamp");
    if (!box || !(AGED.includes(state) || GONE.includes(state))) return;
    const what = since === null ? words["stamp." + state + "_never"] : undefined;
    const from = since === null ? "–" : timeOfDay(since);
    write(box, ".stamp-what", (what || words["stamp." + state]).replace("{since}", from));
    const told = words["stamp.age"] || "";
    write(box, ".stamp-age", age === null
      ? words["stamp.unknown_age"]
      : told.replace("{time}", timeOfDay(age)).replace("{age}", spoken(age)));
    write(box, ".stamp-help", words["stamp.help"]);
  }

  function write(box, selector, text) {
    const element = box.querySelector(selector);
    if (element && element.textContent !== (text || "")) element.textContent = text || "";
  }

  function setClass(element, name) {
    if (element.className !== name) element.className = name;
  }

  /* An age in the page's language: seconds, minutes, hours or days. */
  function spoken(seconds) {
    const [size, unit] = seconds < 60 ? [1, "second"] : seconds < 3600 ? [60, "minute"]
      : seconds < 172800 ? [3600, "hour"] : [86400, "day"];
    return new Intl.NumberFormat(page.dataset.language, {
      style: "unit", unit, unitDisplay: "long", numberingSystem: "latn",
    }).format(Math.floor(Math.max(seconds, 0) / size));
  }

  /* The ward's time of day, so many seconds ago. */
  function timeOfDay(ago) {
    const now = live.serverNow();
    return now === null ? "–" : live.wardTime(now - ago * 1000);
  }
})();
