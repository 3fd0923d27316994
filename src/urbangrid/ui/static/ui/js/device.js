// The key of this terminal 终端: made by the browser, kept in IndexedDB, never readable by a page. It signs what the platform asks:
// at 登记本机, at the sign-in, and again by itself where the post wants it (docs/topics/accounts.md).
const KIND = { name: "ECDSA", namedCurve: "P-256" };
const POSSIBLE = globalThis.isSecureContext && Boolean(globalThis.crypto?.subtle) && Boolean(globalThis.indexedDB);
const RETRY_MS = 30000;

function keys(mode, act) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("urbangrid-device", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const work = opening.result.transaction("keys", mode), asked = act(work.objectStore("keys"));
      work.oncomplete = () => { opening.result.close(); done(asked.result); };
      work.onabort = work.onerror = () => { opening.result.close(); failed(work.error); };
    };
  });
}

/** The key pair of this browser, or undefined. */
async function held() {
  return POSSIBLE ? keys("readonly", (store) => store.get("own")).catch(() => undefined) : undefined;
}

async function made() {
  const pair = await crypto.subtle.generateKey(KIND, false, ["sign", "verify"]);
  await keys("readwrite", (store) => store.put(pair, "own"));
  return pair;
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function asked(form, purpose) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(form.dataset.deviceChallenge, { method: "POST", body: new URLSearchParams({ purpose }), headers: { "X-CSRFToken": token, Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no challenge: ${answer.status}`);
  return (await answer.json()).challenge;
}

/** What the form carries as proof: the platform's challenge, signed for this purpose and this host. */
async function proof(form, pair) {
  const purpose = form.dataset.device, challenge = await asked(form, purpose);
  const point = await crypto.subtle.exportKey("raw", pair.publicKey);
  const message = new TextEncoder().encode(`UrbanGrid device\n${purpose}\n${location.host}\n${challenge}`);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, message);
  const digest = await crypto.subtle.digest("SHA-256", point);
  const fingerprint = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const given = { device_fingerprint: fingerprint, device_challenge: challenge, device_signature: base64(signature) };
  return purpose === "enrol" ? { ...given, device_key: base64(point) } : given;
}

function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name] || Object.assign(document.createElement("input"), { type: "hidden", name });
    field.value = value;
    if (!field.form) form.append(field);
  }
}

function say(form) {
  const words = form.querySelector("[data-device-words]");
  if (words) words.hidden = false;
}

// a form that waits for its proof is held back, filled, and sent again; one that fails is sent without, unless the key is its purpose
async function give(form, button) {
  try {
    const pair = (await held()) || (form.dataset.device === "enrol" ? await made() : undefined);
    if (!pair) throw new Error("no key");
    fill(form, await proof(form, pair));
  } catch {
    if (form.dataset.device !== "sign-in") { say(form); return; }
  }
  form.dataset.deviceGiven = "1";
  form.requestSubmit(button);
  setTimeout(() => { delete form.dataset.deviceGiven; }, 4000);
}

function submitted(event) {
  const form = event.target;
  if (!form.dataset.device || !form.dataset.deviceReady || form.dataset.deviceGiven) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  give(form, event.submitter);
}

// the page proves the key before it is due: at half of the time left, when the phone is taken up again, and before a form is sent
let renewAt = Infinity;
let renewing = null;

async function renew(form) {
  const pair = await held();
  if (!pair) return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...(await proof(form, pair)) });
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) { location.reload(); return; }
  renewAt = Date.now() + (await answer.json()).seconds * 500;
}

function renewIfDue(form) {
  if (Date.now() < renewAt || document.hidden) return renewing;
  renewing ||= renew(form).catch(() => {}).finally(() => { renewing = null; });
  return renewing;
}

function watch(form) {
  const now = Date.parse(document.querySelector('meta[name="server-now"]').content);
  renewAt = Date.now() + Math.max(0, (Date.parse(form.dataset.deviceDue) - now) / 2);
  setInterval(() => renewIfDue(form), RETRY_MS);
  document.addEventListener("visibilitychange", () => renewIfDue(form));
  document.addEventListener("submit", (event) => {
    if (Date.now() < renewAt || event.target.dataset.deviceHeld) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.dataset.deviceHeld = "1";
    Promise.resolve(renewIfDue(form)).finally(() => { event.target.requestSubmit(event.submitter); delete event.target.dataset.deviceHeld; });
  }, true);
}

function ready(form) {
  if (form.dataset.device === "enrol") {
    if (!POSSIBLE) { for (const one of form.querySelectorAll("[data-device-insecure]")) one.hidden = globalThis.isSecureContext; form.querySelector("button").disabled = true; if (globalThis.isSecureContext) say(form); return; }
    form.dataset.deviceReady = "1";
    return;
  }
  held().then((pair) => {
    if (pair) form.dataset.deviceReady = "1";
    if ("deviceAtOnce" in form.dataset) { if (pair) form.requestSubmit(); else say(form); }
  });
}

export function listen(root) {
  document.addEventListener("submit", submitted, true);
  for (const form of root.querySelectorAll("form[data-device]")) "deviceDue" in form.dataset ? watch(form) : ready(form);
}
