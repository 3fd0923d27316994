// Starts what a page needs. Behaviour hangs on data- attributes; every part can be started again on what HTMX brought in.
import * as back from "./back.js";
import * as keys from "./keys.js";
import * as lights from "./lights.js";
import * as photos from "./photos.js";
import * as upload from "./upload.js";
import * as combo from "./combo.js";
import * as draft from "./draft.js";
import * as once from "./once.js";
import * as most from "./most.js";
import * as map from "./map.js";
import * as live from "./live.js";
import * as device from "./device.js";
import * as phone from "./phone.js";
import * as small from "./small.js";
import * as stacks from "./stacks.js";
import * as notices from "./notices.js";

const parts = [lights, photos, upload, combo, draft, once, most, map, phone, small, stacks, notices];

function start(root) {
  for (const part of parts) part.start(root);
}

back.listen(document);
keys.listen(document);
start(document);
live.listen(document);
device.listen(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt));
