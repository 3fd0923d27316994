// The phone's position: asked once per page, both positions are kept; distance to the task's place; one client id per report.
function set(form, name, value) {
  const field = form.elements[name];
  if (field) field.value = value;
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
  set(form, "device_at", new Date(position.timestamp).toISOString());
  const chosen = form.elements.longitude;
  if (chosen && (!chosen.value || form.matches("[data-answer]"))) {
    set(form, "longitude", longitude.toFixed(7));
    set(form, "latitude", latitude.toFixed(7));
    const map = form.querySelector("[data-locate]")?.ugMap;
    if (map) pin(map, longitude, latitude);
  }
  const words = form.querySelector("[data-position-words]");
  if (words) words.textContent = `已定位，误差约 ${Math.round(accuracy)} 米`;
}

function pin(map, longitude, latitude) {
  const feature = new ol.Feature(new ol.geom.Point(ol.proj.fromLonLat([longitude, latitude])));
  feature.set("layer", "pin");
  map.points.clear();
  map.points.addFeature(feature);
  map.map.getView().setCenter(ol.proj.fromLonLat([longitude, latitude]));
}

function locate(form) {
  const words = form.querySelector("[data-position-words]");
  if (!navigator.geolocation) { if (words) words.textContent = "这部手机没有定位，请点地图"; return; }
  navigator.geolocation.getCurrentPosition((position) => {
    place(form, position);
    for (const mark of document.querySelectorAll("[data-distance]")) {
      if (mark.dataset.longitude) mark.textContent = `距现场 ${metres(position.coords, { longitude: Number(mark.dataset.longitude), latitude: Number(mark.dataset.latitude) })} 米`;
    }
  }, () => { if (words) words.textContent = "定位未开，请点地图或写明地点"; }, { enableHighAccuracy: true, timeout: 15000 });
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-report], form[data-answer]")) {
    if (form.dataset.located) continue;
    form.dataset.located = "1";
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
