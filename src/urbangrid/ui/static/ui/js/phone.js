// The phone's position: asked once per page, both positions are kept; distance to the task's place; one client id per report.
import { say } from "./say.js";

function set(form, name, value) {
  const field = form.elements[name];
  if (field) field.value = value;
}

// A demonstration whose clock runs ahead: the phone's own time would lie hours before the report's. Zero on a platform.
function ahead() {
  return Number(document.querySelector('meta[name="clock-ahead"]')?.content || 0);
}

function metres(a, b) {
  const rad = Math.PI / 180;
  const x = (b.longitude - a.longitude) * rad * Math.cos(((a.latitude + b.latitude) / 2) * rad), y = (b.latitude - a.latitude) * rad;
  return Math.round(Math.hypot(x, y) * 6371000);
}

function place(form, position) {
  const { longitude, latitude, accuracy } = position.coords;
  set(form, "device_longitude", longitude.toFixed(7));
  set(form, "device_latitude", latitude.toFixed(7));
  set(form, "accuracy_m", accuracy.toFixed(1));
  set(form, "device_at", new Date(position.timestamp + ahead()).toISOString());
  const chosen = form.elements.longitude;
  if (chosen && (!chosen.value || form.matches("[data-answer]"))) {
    set(form, "longitude", longitude.toFixed(7));
    set(form, "latitude", latitude.toFixed(7));
    const map = form.querySelector("[data-locate]")?.ugMap;
    if (map) pin(map, longitude, latitude);
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const words = form.querySelector("[data-position-words]");
  if (words) words.textContent = say("located", { metres: Math.round(accuracy) });
}

function pin(map, longitude, latitude) {
  const feature = new ol.Feature(new ol.geom.Point(ol.proj.fromLonLat([longitude, latitude])));
  feature.set("layer", "pin");
  map.points.clear();
  map.points.addFeature(feature);
  map.map.getView().setCenter(ol.proj.fromLonLat([longitude, latitude]));
}

// the phone stands in no area of the platform: its own position stays on record, the place of the problem is to be pointed at
function elsewhere(form) {
  const device = form.elements.device_longitude?.value, chosen = form.elements.longitude;
  const words = form.querySelector("[data-place-words]"), area = form.querySelector("[data-locate]");
  if (words) words.textContent = say("located_outside");
  if (!area || !device || chosen.value !== device) return;
  set(form, "longitude", "");
  set(form, "latitude", "");
  area.ugMap?.points.clear();
  area.ugMap?.map.getView().setCenter(ol.proj.fromLonLat([Number(area.dataset.centreLongitude), Number(area.dataset.centreLatitude)]));
}

function locate(form) {
  const words = form.querySelector("[data-position-words]");
  if (!navigator.geolocation) { if (words) words.textContent = say("no_positioning"); return; }
  navigator.geolocation.getCurrentPosition((position) => {
    place(form, position);
    for (const mark of document.querySelectorAll("[data-distance]")) {
      if (mark.dataset.longitude) mark.textContent = say("distance", { metres: metres(position.coords, { longitude: Number(mark.dataset.longitude), latitude: Number(mark.dataset.latitude) }) });
    }
  }, () => { if (words) words.textContent = say("positioning_off"); }, { enableHighAccuracy: true, timeout: 15000 });
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-report], form[data-answer]")) {
    if (form.dataset.located) continue;
    form.dataset.located = "1";
    form.addEventListener("ug:place", (event) => { if (event.detail.outside) elsewhere(form); });
    const id = form.querySelector("[data-client-id]");
    if (id && !id.value) id.value = `p-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`.slice(0, 60);
    locate(form);
    for (const one of form.querySelectorAll("[data-recent]")) one.addEventListener("change", () => {
      const hidden = form.elements.category_id;
      form.querySelector("#category").value = one.dataset.recent;
      hidden.value = one.value;
      hidden.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
