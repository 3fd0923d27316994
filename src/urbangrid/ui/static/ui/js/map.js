// The small map: outlines of cells and divisions, the place, near cases; no tiles, no outside source (OpenLayers, global `ol`).
const INK = "#1456a0";

function style(feature) {
  const { Style, Stroke, Fill, Text, Circle } = ol.style;
  const kind = feature.get("layer");
  const text = (words, size = 12) => new Text({ text: words, font: `${size}px sans-serif`, fill: new Fill({ color: "#3c4857" }), stroke: new Stroke({ color: "#fff", width: 3 }), overflow: false });
  if (kind === "pin") return [new Style({ image: new Circle({ radius: 14, fill: new Fill({ color: "#1456a022" }), stroke: new Stroke({ color: INK, width: 1, lineDash: [3, 3] }) }) }), new Style({ image: new Circle({ radius: 8, fill: new Fill({ color: INK }), stroke: new Stroke({ color: "#fff", width: 3 }) }) })];
  if (kind === "near") return new Style({ image: new Circle({ radius: 10, fill: new Fill({ color: feature.get("open") ? "#1b2430" : "#8b95a1" }), stroke: new Stroke({ color: "#fff", width: 2 }) }), text: new Text({ text: String(feature.get("place")), fill: new Fill({ color: "#fff" }), font: "600 11px sans-serif" }) });
  if (kind === "cell") return new Style({ zIndex: feature.get("mine") ? 1 : 0, stroke: new Stroke({ color: feature.get("mine") ? INK : "#b9c3cf", width: feature.get("mine") ? 2 : 1 }), fill: new Fill({ color: feature.get("mine") ? "#1456a012" : "#ffffff66" }), text: feature.get("mine") ? text((feature.get("code") || "").slice(-3)) : undefined });
  if (kind === "road") return new Style({ stroke: new Stroke({ color: "#ffffff", width: 5 }), text: new Text({ text: feature.get("name"), placement: "line", font: "12px sans-serif", fill: new Fill({ color: "#5a6675" }), stroke: new Stroke({ color: "#fff", width: 3 }) }) });
  if (kind === "community") return new Style({ stroke: new Stroke({ color: "#7d8a99", width: 1.2, lineDash: [6, 4] }), text: text(feature.get("name") || "") });
  return new Style({ stroke: new Stroke({ color: "#5a6675", width: 2 }), text: text(feature.get("name") || "", 13) });
}

function read(format, body) {
  const features = [];
  for (const [layer, found] of Object.entries(body)) {
    if (!found?.features) continue;
    for (const feature of format.readFeatures(found, { featureProjection: "EPSG:3857" })) { feature.set("layer", layer); features.push(feature); }
  }
  return features;
}

async function outlines(box, view, source, size) {
  const [west, south, east, north] = ol.proj.transformExtent(view.calculateExtent(size), "EPSG:3857", "EPSG:4326");
  const answer = await fetch(`${box.dataset.map}?box=${[west, south, east, north].map((n) => n.toFixed(6)).join(",")}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const features = read(new ol.format.GeoJSON(), await answer.json());
  for (const feature of features) if (feature.get("layer") === "cell" && feature.get("code") === box.dataset.cell) feature.set("mine", true);
  source.clear();
  source.addFeatures(features);
}

function point(longitude, latitude, values) {
  const feature = new ol.Feature(new ol.geom.Point(ol.proj.fromLonLat([Number(longitude), Number(latitude)])));
  feature.setProperties(values);
  return feature;
}

function marks(box) {
  const found = [];
  if (box.dataset.longitude) found.push(point(box.dataset.longitude, box.dataset.latitude, { layer: "pin" }));
  const near = box.dataset.near ? document.getElementById(box.dataset.near) : null;
  for (const one of near ? JSON.parse(near.textContent) : []) found.push(point(one.longitude, one.latitude, { layer: "near", ...one }));
  return new ol.source.Vector({ features: found });
}

function choosing(box, map, source) {
  const form = document.querySelector(box.dataset.choose);
  map.on("click", (event) => {
    const [longitude, latitude] = ol.proj.toLonLat(event.coordinate);
    for (const feature of source.getFeatures()) if (feature.get("layer") === "pin") source.removeFeature(feature);
    source.addFeature(point(longitude, latitude, { layer: "pin" }));
    for (const [name, value] of [["longitude", longitude], ["latitude", latitude]]) {
      const field = form.elements[name];
      field.value = value.toFixed(7);
    }
    form.elements.longitude.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export function start(root) {
  if (typeof ol === "undefined") return;
  for (const box of root.querySelectorAll("[data-map]")) {
    if (box.dataset.started) continue;
    box.dataset.started = "1";
    const lines = new ol.source.Vector(), points = marks(box);
    const centre = ol.proj.fromLonLat([Number(box.dataset.longitude || box.dataset.centreLongitude), Number(box.dataset.latitude || box.dataset.centreLatitude)]);
    const view = new ol.View({ center: centre, zoom: Number(box.dataset.zoom || 17), minZoom: 10, maxZoom: 20 });
    const map = new ol.Map({
      target: box, view, controls: ol.control.defaults.defaults({ attribution: false, rotate: false }).extend([new ol.control.ScaleLine()]),
      layers: [new ol.layer.Vector({ source: lines, style, declutter: true }), new ol.layer.Vector({ source: points, style })],
    });
    box.ugMap = { map, points };
    let waiting = 0;
    const load = () => { clearTimeout(waiting); waiting = setTimeout(() => outlines(box, view, lines, [box.clientWidth, box.clientHeight]), 150); };
    view.on("change", load);
    new ResizeObserver(() => { map.updateSize(); load(); }).observe(box); // in a dialog it has a size only when that opens
    load();
    if (box.dataset.choose) choosing(box, map, points);
  }
}
