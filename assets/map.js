/* How the map draws: functions that dash-leaflet calls by name, and the ring of an arrival. */

(function () {
  "use strict";

  const METRICS = ["received", "overdue", "on_time", "online"]; // as in web/map.py
  const MOST_LABELS = 80;
  const seen = new Set(); // arrivals that had their ring
  const points = new Map(); // hub code → marker
  let map = null;
  let outline = null;
  let first = true;
  let told = null; // on a desk: hub code → its name and number

  window.dashOps = { style: style, point: point, clickable: clickable };

  /* hideout.hubs: code → [today's volume, silent, a class for each of METRICS]; on a desk there
     is one class, at hideout.at, and hideout.chosen holds the codes that narrow the view. */
  function reading(feature, context) {
    const { hubs, at, chosen, words } = context.hideout;
    told = words;
    const row = hubs[feature.properties.code];
    const place = at ?? METRICS.indexOf(document.getElementById("wall").dataset.metric);
    return row && {
      volume: row[0],
      silent: row[1] === 1,
      step: row[2 + Math.max(place, 0)],
      chosen: Boolean(chosen && chosen.includes(feature.properties.code)),
      crowded: Object.keys(hubs).length > MOST_LABELS,
    };
  }

  /* On a desk: a click narrows the view to the hub. */
  function clickable(feature, layer) {
    const { kind, code } = feature.properties;
    if (kind !== "area" && kind !== "point") return;
    const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
    layer.on("click", () => tell("ops:hub", code));
    layer.on("mouseover", () => tell("ops:hover", (told && told[code]) || ""));
    layer.on("mouseout", () => tell("ops:hover", ""));
  }

  function style(feature, context) {
    remember(context.map);
    const kind = feature.properties.kind;
    if (kind === "outline" || kind === "frame") return border(feature, kind);
    const hub = reading(feature, context);
    if (!hub) return { opacity: 0, fillOpacity: 0 };
    return kind === "area" ? area(hub) : dot(hub);
  }

  function border(feature, kind) {
    if (!outline) {
      outline = extent(feature.geometry.coordinates);
      fit();
      const tiles = feature.properties.tiles;
      if (tiles) window.L.tileLayer(tiles).addTo(map);
    }
    return { color: "var(--text-quiet)", weight: kind === "outline" ? 2.5 * scale() : 0, fill: false };
  }

  function area(hub) {
    return {
      color: hub.chosen ? "var(--text)" : "var(--surface)",
      weight: (hub.chosen ? 4 : 1.5) * scale(),
      fillColor: fill(hub),
      fillOpacity: hub.silent ? 0.5 : 0.62,
    };
  }

  function dot(hub) {
    return {
      radius: radius(hub),
      color: hub.silent ? "var(--none)" : "var(--text-quiet)",
      weight: 1.5 * scale(),
      dashArray: hub.silent ? "4 4" : null,
      fillColor: hub.silent || !hub.step ? "var(--raised)" : fill(hub),
      fillOpacity: 1,
    };
  }

  function fill(hub) {
    if (hub.silent) return "url(#silent)";
    return hub.step ? "var(--map-" + hub.step + ")" : "var(--raised)";
  }

  /* The area of the dot grows with the volume; the smallest still holds its code. */
  function radius(hub) {
    const size = Math.sqrt(17 ** 2 + 38 * Math.min(hub.volume, 24)) * scale();
    return hub.crowded ? size * 0.5 : size;
  }

  function scale() {
    if (!document.getElementById("wall")) return 0.62; // a desk: CSS pixels, and a smaller map
    const { innerWidth: wide, innerHeight: high } = window;
    return wide < high ? wide / 800 : Math.min(wide / 1920, high / 1080); // as --px in the sheets
  }

  function point(feature, latlng, context) {
    remember(context.map);
    const hub = reading(feature, context);
    const marker = window.L.circleMarker(latlng, hub ? dot(hub) : { opacity: 0, fillOpacity: 0 });
    const { code, label } = feature.properties;
    points.set(code, marker);
    if (hub && !hub.crowded && label.length <= 4) {
      const on = hub.silent ? 0 : hub.step;
      marker.bindTooltip(label, {
        permanent: true, direction: "center", className: "map-label on-" + on, opacity: 1,
      });
    }
    return marker;
  }

  /* --- the map fits its outline, also after the window changed --- */

  function remember(found) {
    if (map === found) return;
    map = found;
    window.addEventListener("resize", () => {
      map.invalidateSize(false);
      fit();
    });
  }

  function fit() {
    if (map && outline) map.fitBounds(outline, { animate: false, padding: [30 * scale(), 30 * scale()] });
  }

  function extent(coordinates) {
    const flat = coordinates.flat(Infinity);
    const east = flat.filter((_, at) => at % 2 === 0);
    const north = flat.filter((_, at) => at % 2 === 1);
    return [[Math.min(...north), Math.min(...east)], [Math.max(...north), Math.max(...east)]];
  }

  /* --- a dossier just arrived: one ring --- */

  document.addEventListener("ops:props", (event) => {
    if (event.detail.id !== "map-ground" || !event.detail.changed.hideout) return;
    const arrivals = event.detail.changed.hideout.arrivals;
    const fresh = arrivals.filter(([key]) => !seen.has(key));
    seen.clear();
    arrivals.forEach(([key]) => seen.add(key));
    if (!first) fresh.forEach(([, code]) => ring(code));
    first = false;
  });

  function ring(code) {
    const marker = points.get(code);
    if (!marker || !map) return;
    const at = map.latLngToLayerPoint(marker.getLatLng());
    const circle = document.createElement("div");
    circle.className = "pulse";
    circle.style.left = at.x + "px";
    circle.style.top = at.y + "px";
    circle.addEventListener("animationend", () => circle.remove());
    setTimeout(() => circle.remove(), 2000); // also where motion is reduced
    map.getPanes().markerPane.appendChild(circle);
  }

  /* The stripes of "has not reported", once for the page. */
  document.addEventListener("ops:start", () => {
    const box = document.createElement("div");
    box.innerHTML =
      '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>' +
      '<pattern id="silent" width="9" height="9" patternUnits="userSpaceOnUse" ' +
      'patternTransform="rotate(45)"><rect width="3" height="9" fill="var(--none)"/></pattern>' +
      "</defs></svg>";
    document.body.appendChild(box.firstChild);
  });
})();
