/* The wall's own behaviour: scenes in turn, keys, clock, numbers that roll, a picture that shifts. */

(function () {
  "use strict";

  const clock = window.opsClock;
  const live = window.opsLive;
  const LONGEST_WAIT = 1200; // ms that a scene may take to fetch before it is shown as it was
  const NOTES_STAY = 60000; // ms
  const SHIFT = 3; // pixels
  const FORTH = ["PageDown", "MediaTrackNext", "ChannelUp"];
  const BACK = ["PageUp", "MediaTrackPrevious", "ChannelDown"];
  const HOLD = [" ", "Enter", "MediaPlayPause", "MediaPlay", "MediaPause"];

  let wall = null;
  let scenes = [];
  let at = 0;
  let since = 0; // opsClock ms since which the scene is shown
  let held = null; // ms that were gone when the rotation was stopped
  let turning = false;
  let pointedAt = 0;
  let shiftedAt = 0;
  let shift = 0;

  document.addEventListener("ops:start", () => {
    wall = document.getElementById("wall");
    if (!wall) return;
    scenes = [...wall.querySelectorAll(".scene")];
    since = clock.now();
    name();
    wall.querySelectorAll(".step").forEach((step, to) => step.addEventListener("click", () => turn(to)));
    document.addEventListener("keydown", key);
    document.addEventListener("mousemove", () => {
      pointedAt = clock.now();
      wall.classList.add("pointed");
    });
    new MutationObserver(roll).observe(wall, { subtree: true, characterData: true, childList: true });
    setTimeout(() => document.getElementById("notes").classList.add("read"), NOTES_STAY);
    requestAnimationFrame(frame);
  });

  /* --- scenes in turn --- */

  function every() {
    return Number(wall.dataset.every) * 1000;
  }

  function frame() {
    try {
      const gone = held === null ? clock.now() - since : held;
      if (scenes.length > 1 && held === null && !turning && gone >= every()) turn(at + 1);
      progress(Math.min(gone / every(), 1));
      if (clock.now() - pointedAt > 4000) wall.classList.remove("pointed");
      if (clock.now() - shiftedAt > 60000) move();
      tell();
    } finally {
      setTimeout(frame, 250); // whatever fails once must not stop the wall
    }
  }

  async function turn(to) {
    if (turning || scenes.length < 2) return;
    turning = true;
    at = (to + scenes.length) % scenes.length;
    const wanted = live.show(scenes[at].dataset.scene);
    await Promise.race([wanted, new Promise((done) => setTimeout(done, LONGEST_WAIT))]);
    scenes.forEach((scene, index) => scene.classList.toggle("shown", index === at));
    since = clock.now();
    if (held !== null) held = 0;
    turning = false;
    name();
  }

  function name() {
    document.getElementById("scene-name").textContent = scenes[at].dataset.name;
    wall.querySelectorAll(".step").forEach((step, index) => step.classList.toggle("on", index === at));
  }

  function progress(share) {
    wall.querySelectorAll(".step i").forEach((bar, index) => {
      const shown = scenes.length < 2 ? 0 : index < at ? 1 : index === at ? share : 0;
      bar.style.transform = "scaleX(" + shown.toFixed(3) + ")";
    });
  }

  function key(event) {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && document.activeElement.matches("a")) return; // it opens its link
    const by = direction(event.key);
    if (by) turn(at + by);
    else if (HOLD.includes(event.key)) hold();
    else return;
    event.preventDefault();
  }

  /* 1 forth, -1 back, 0 for a key that means neither; arrows follow the direction of reading. */
  function direction(pressed) {
    const forth = wall.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (pressed.startsWith("Arrow")) return /Left|Right/.test(pressed) ? (pressed === forth ? 1 : -1) : 0;
    return FORTH.includes(pressed) ? 1 : BACK.includes(pressed) ? -1 : 0;
  }

  function hold() {
    if (held === null) held = clock.now() - since;
    else {
      since = clock.now() - held;
      held = null;
    }
    wall.classList.toggle("held", held !== null);
  }

  /* --- clock --- */

  function tell() {
    const now = live.serverNow();
    const shown = now === null ? "" : live.wardTime(now);
    const face = document.getElementById("clock");
    if (face.textContent !== shown) face.textContent = shown;
  }

  /* --- what changed moves, once --- */

  function roll(changes) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const moved = new Set();
    for (const change of changes) {
      const node = change.target.nodeType === 3 ? change.target.parentElement : change.target;
      const number = node && node.closest(".rolls");
      if (number && number.closest(".scene.shown")) moved.add(number);
    }
    moved.forEach((number) =>
      number.animate(
        [{ opacity: 0.2, transform: "translateY(0.18em)" }, { opacity: 1, transform: "none" }],
        { duration: 300, easing: "ease-out" },
      ),
    );
  }

  /* --- nothing stands on the same pixels for weeks --- */

  function move() {
    shiftedAt = clock.now();
    shift = (shift + 1) % 4;
    wall.style.setProperty("--shift-x", [0, SHIFT, SHIFT, 0][shift] - 1 + "px");
    wall.style.setProperty("--shift-y", [0, 0, SHIFT, SHIFT][shift] - 1 + "px");
  }
})();
