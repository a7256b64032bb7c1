/* Keeps a page moving: asks the server what is new and applies it. (fresh.js says how fresh it is.)

   The asking never stops, whatever fails. Every reply, 304 included, carries the state of the
   system and the data's age as the server measured it; from there the age counts on by a clock
   that nobody can set back. New values go to properties that are no callback's Input, because
   the browser keeps the history of those for ever. */

(function () {
  "use strict";

  /* All reading of time goes through here, so that a test can let hours pass. */
  const clock = (window.opsClock = window.opsClock || {
    now: () => performance.now(), // ms, monotonic
    wall: () => Date.now(), // ms, only to notice that the machine slept
  });

  const PACE = 500; // ms between questions while all is well
  const PATIENCE = 5000; // ms for one answer
  const QUICK_RETRY = 1500; // ms, when the failure itself came fast: nobody listens
  const SLOW_RETRY = 15000; // ms, when answers time out
  const BEHIND = 10000; // ms after a newer picture in which an older one is a slow process's
  const SLEPT = 10000; // ms that the wall clock ran ahead of the monotonic one
  const MOST_ERRORS = 5; // script errors in a minute after which the page is loaded anew
  const RELOADS_APART = 20000; // ms between two reloads that the page asks for itself
  const NIGHTLY = 3 * 60 + 30; // minutes after midnight, in the ward's time

  const live = (window.opsLive = {
    scene: null, // the scene asked for
    state: "loading", // loading | live | late | stale | quiet | server | worker | database
    applied: 0, // updates applied so far
    ask: ask, // ask at once
    show: show, // (scene) → promise that its newest picture is on the page
    heard: () => heard, // {state, stateAge, dataAge, freshness} of the last answer, or null
    silent: () => clock.now() - answered, // ms since the last answer
    on: on, // a number of seconds that the server told, counted on until now
    serverNow: serverNow, // the server's time in ms since 1970, or null
    wardTime: wardTime, // (ms since 1970) → "HH:MM" where the ward is
    reload: reload, // (why) load the page anew, but not again and again
  });

  let page = null; // the element with data-live
  let timer = 0;
  let asking = false;
  let failures = 0;
  let answered = null; // opsClock ms of the last answer
  let heard = null; // {state, stateAge, dataAge, freshness} of the last answer
  let serverClock = null; // {at: opsClock ms, time: server ms}
  let build = null;
  let waiting = []; // [scene, resolve]
  const etags = {}; // scene → etag
  const newest = {}; // scene → {version, at: opsClock ms when it was last heard of}
  const shown = {}; // "component.property" → JSON of the value on the page
  const errors = [];
  let drift = clock.wall() - clock.now();
  let wasEarly = false; // whether the nightly hour was still to come when last looked
  let nightly = false; // whether it has passed since

  window.addEventListener("error", count);
  window.addEventListener("unhandledrejection", count);

  start();

  function start() {
    page = document.querySelector("[data-live]");
    if (!page || !(window.dash_clientside && window.dash_clientside.set_props)) {
      setTimeout(start, 50);
      return;
    }
    live.scene = live.scene || page.dataset.scene;
    build = document.documentElement.dataset.build || null;
    answered = clock.now();
    document.dispatchEvent(new Event("ops:start"));
    ask();
    tick();
  }

  /* --- asking --- */

  function ask() {
    clearTimeout(timer);
    if (!asking) question();
  }

  async function question() {
    asking = true;
    const scene = live.scene;
    const began = clock.now();
    try {
      const reply = await fetch(address(scene), {
        headers: etags[scene] ? { "If-None-Match": etags[scene] } : {},
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      });
      await take(scene, reply);
      failures = 0;
    } catch (error) {
      failures += 1;
    }
    asking = false;
    try {
      tell();
    } finally {
      timer = setTimeout(question, live.scene === scene ? pause(clock.now() - began) : 0);
    }
  }

  function address(scene) {
    const asked = new URLSearchParams({ lang: page.dataset.language, theme: page.dataset.theme });
    return page.dataset.live + scene + "?" + asked;
  }

  function pause(took) {
    if (failures === 0) return PACE * (0.9 + 0.2 * Math.random());
    const longest = took < 1000 ? QUICK_RETRY : SLOW_RETRY;
    return Math.min(PACE * 2 ** Math.min(failures, 6), longest) * (0.8 + 0.2 * Math.random());
  }

  async function take(scene, reply) {
    if (!reply.headers.has("X-State")) throw new Error("no answer of ours: " + reply.status);
    hear(reply.headers);
    if (reply.status === 304) {
      newest[scene].at = answered;
      return settle(scene);
    }
    if (!reply.ok) return;
    const body = await reply.json();
    if (isOlder(scene, body.version)) return settle(scene);
    apply(body.props);
    etags[scene] = reply.headers.get("ETag");
    newest[scene] = { version: body.version, at: answered };
    live.applied += 1;
    page.classList.remove("loading");
    settle(scene);
  }

  /* Of several processes of the server one may be a little behind, and without the database each
     keeps its own last picture. A database that went back to a backup is older for good. */
  function isOlder(scene, version) {
    const known = newest[scene];
    if (!known || !precedes(version, known.version)) return false;
    return heard.state === "database_gone" || answered - known.at < BEHIND;
  }

  /* A version is "revision.minute.state". */
  function precedes(version, other) {
    const [revision, minute] = version.split(".").map(Number);
    const [itsRevision, itsMinute] = other.split(".").map(Number);
    return revision < itsRevision || (revision === itsRevision && minute < itsMinute);
  }

  function hear(headers) {
    const ages = JSON.parse(headers.get("X-Ages") || "{}");
    answered = clock.now();
    heard = {
      state: headers.get("X-State"),
      stateAge: number(headers.get("X-State-Age")),
      dataAge: number(headers.get("X-Data-Age")),
      freshness: ages.freshness || "live",
    };
    const date = Date.parse(headers.get("Date"));
    if (!Number.isNaN(date)) serverClock = { at: answered, time: date };
    const running = headers.get("X-Build");
    if (build && running && running !== build) live.reload("a new version");
    build = build || running;
  }

  function number(text) {
    return text === null || text === "" ? null : Number(text);
  }

  /* --- applying: only what differs --- */

  function apply(props) {
    for (const [id, values] of Object.entries(props)) {
      const changed = {};
      for (const [name, value] of Object.entries(values)) {
        const key = id + "." + name;
        const text = JSON.stringify(value);
        if (shown[key] === text) continue;
        shown[key] = text;
        changed[name] = value;
      }
      if (Object.keys(changed).length) {
        window.dash_clientside.set_props(id, changed);
        document.dispatchEvent(new CustomEvent("ops:props", { detail: { id, changed } }));
      }
    }
  }

  function show(scene) {
    live.scene = scene;
    waiting = waiting.filter(([wanted]) => wanted !== scene); // none piles up in an outage
    const settled = new Promise((resolve) => waiting.push([scene, resolve]));
    ask();
    return settled;
  }

  function settle(scene) {
    const ready = waiting.filter(([wanted]) => wanted === scene);
    waiting = waiting.filter(([wanted]) => wanted !== scene);
    ready.forEach(([, resolve]) => resolve());
  }

  /* --- once and again --- */

  function tell() {
    document.dispatchEvent(new Event("ops:tick"));
  }

  function tick() {
    try {
      noticeSleep();
      tell();
      perhapsReload();
    } finally {
      setTimeout(tick, 500);
    }
  }

  function noticeSleep() {
    const now = clock.wall() - clock.now();
    if (now - drift > SLEPT) {
      heard = null; // ages did not count on while the machine slept
      serverClock = null;
      ask();
    }
    drift = now;
  }

  /* A number of seconds that the server told, counted on until now. */
  function on(seconds) {
    return seconds === null ? null : seconds + (clock.now() - answered) / 1000;
  }

  function serverNow() {
    return serverClock ? serverClock.time + (clock.now() - serverClock.at) : null;
  }

  function wardTime(ms) {
    return new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit", minute: "2-digit", timeZone: zone(),
    }).format(new Date(ms));
  }
  function zone() {
    const told = document.querySelector("[data-zone]");
    return told ? told.dataset.zone : undefined;
  }

  /* --- loading the page anew --- */

  function count() {
    errors.push(clock.now());
    if (errors.length > MOST_ERRORS) errors.shift();
  }

  function isBroken() {
    return errors.length === MOST_ERRORS && clock.now() - errors[0] < 60000;
  }

  function healthy() {
    return failures === 0 && heard !== null && clock.now() - answered < PATIENCE;
  }

  /* After errors, and once a night, when the ward's clock passes the hour: what leaks a little
     starts from nothing. */
  function perhapsReload() {
    if (isBroken() && healthy()) live.reload("script errors");
    const now = serverNow();
    if (now === null) return;
    const [hours, minutes] = wardTime(now).split(":").map(Number);
    const past = hours * 60 + minutes - NIGHTLY;
    if (wasEarly && past >= 0 && past < 120) nightly = true; // not when a clock is set back
    wasEarly = past < 0;
    if (nightly && healthy()) live.reload("once a night");
  }

  /* Two versions that answer in turn, or a script that always fails, must not make it flicker. */
  function reload(why) {
    const last = Number(sessionStorage.getItem("ops.reloaded") || 0);
    if (Math.abs(clock.wall() - last) < RELOADS_APART) return;
    sessionStorage.setItem("ops.reloaded", clock.wall());
    console.warn("ops-center: the page loads itself anew: " + why);
    location.reload();
  }
})();
