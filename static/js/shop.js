/**
 * The one script of every page, in one file: a second round trip costs a village phone half a second.
 * Each part looks for its data- attribute and leaves the rest alone; every page works without any of it.
 *
 *   form[data-once]    sent once, however often an impatient thumb presses; data-last names the button's value after
 *                      which the back arrow asks for the page anew
 *   form[data-autosubmit]  sent by itself a moment after its last change (a number in the basket)
 *   [data-stepper]     − and + around a number box
 *   [data-pad]         drawn keys under a price box, or with the value pin under a PIN box
 *   [data-photo]       shows a chosen photo and makes it smaller before it travels
 *   [data-peek]        shows a password while it is typed
 *   [data-print]       prints the page
 *   [data-follow]      shows how far something is, read anew every so many seconds until it has ended
 *   [data-focus]       takes the cursor when the page opens (what has to be mended)
 *   [data-rail]        a column of ways longer than the screen shows the one where one is
 *   form[data-reprice]  asks anew what an order costs when it goes elsewhere; its part is fetched by the first such choice
 *   [data-scale]       a weight: the Enter with which a scale ends leads on to the next one, then to the button
 *   [data-camera]      reads a code with the camera into a box and sends its form, where the browser can; a file of its own
 *   [data-turned-down], [data-words]  why something is not taken in, asked and answered by a tap; a file of their own
 *   [data-over]        what goods cost the centre that weigh more than their buyer may be asked for
 *   form[data-draft]   kept while it is typed, and given back when it was not sent; a file of its own
 *   html[data-worker]  the day without network: pages that were looked at are kept; a file of its own, fetched last
 *   [data-shared]      a phone that is not the person's own keeps nothing
 *   form[action$="/sign-out"]  drops what was half typed
 *   [data-next]        after an act inside it that leads back to this page, the cursor stands where it was, or else on the
 *                      first of these ids that is there
 *   [data-basket]      tells those who hear the page when the number of things in the basket has changed
 *   [data-suggest]     completes what is typed; its part is a file of its own, fetched by the first touch of the box
 */

const LONGEST_EDGE = 1600; // pixels of a photo worth sending; the shop shows no larger one
const SETTLE_MS = 700; // how long a thumb rests before a changed number is sent
const JPEG_QUALITY = 0.82;
const LONGEST_PRICE = 8; // characters: 99999.99
const PIN_FIGURES = 4;

let lastPressed = null;
document.addEventListener("click", (event) => (lastPressed = event.target.closest("button")), true);

/** The button that sent a form, or null. Safari 14 does not say it; Enter presses the first one. */
export function pressedBy(event) {
  return event.submitter || (lastPressed && lastPressed.form === event.target ? lastPressed : null);
}

/** A second press does nothing; coming back with the back arrow frees the buttons again. */
function bindOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // A page that a form asked for cannot be gone back to but by sending that form again, which some browsers refuse.
    const button = pressedBy(event);
    if (button && button.value === form.dataset.last) history.replaceState(null, "", location.href);
    // Disabling at once would drop the pressed button's own value from the request.
    setTimeout(() => setBusy(form, true), 0);
  });
  const free = () => {
    delete form.dataset.sent;
    setBusy(form, false);
  };
  form.addEventListener("unsent", free);
  window.addEventListener("pageshow", (event) => event.persisted && free());
}

function setBusy(form, busy) {
  for (const button of form.querySelectorAll("button[type=submit]")) {
    const isOurs = busy ? !button.disabled : button.classList.contains("is-busy");
    if (!isOurs) continue;
    button.disabled = busy;
    button.classList.toggle("is-busy", busy);
  }
}

function bindAutosubmit(form) {
  const button = form.querySelector("button:not([type=button])");
  let timer = 0;
  form.classList.add("is-live");
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => button.click(), SETTLE_MS); // a click also asks the browser whether the number is valid
  });
}

function bindStepper(stepper) {
  const input = stepper.querySelector("input");
  const keys = Array.from(stepper.querySelectorAll("[data-step]"));
  keys.forEach((key) => (key.id = input.id + key.dataset.step)); // so that the cursor finds it again
  const unit = stepper.querySelector("[data-one]"); // where one and several are called differently
  const refresh = () => {
    keys.forEach((key) => (key.disabled = stepFrom(input, key) === null));
    if (unit) unit.textContent = Number(input.value) === 1 ? unit.dataset.one : unit.dataset.many;
  };
  for (const key of keys) {
    key.hidden = false;
    key.addEventListener("click", () => {
      const value = stepFrom(input, key);
      if (value === null) return;
      input.value = String(value);
      announce(input);
    });
  }
  input.addEventListener("input", refresh);
  refresh();
}

/** The value one press away within the limits, or null where the press would change nothing. */
function stepFrom(input, key) {
  const here = Number(input.value) || 0;
  const step = Number(key.dataset.step) * (Number(input.step) || 1);
  const floor = input.min === "" ? -Infinity : Number(input.min);
  const ceiling = input.max === "" ? Infinity : Number(input.max);
  const value = Math.min(ceiling, Math.max(floor, here + step));
  return Math.sign(value - here) === Math.sign(step) ? value : null;
}

function bindPad(pad) {
  const input = pad.querySelector("input");
  pad.querySelector("[data-pad-keys]").hidden = false;
  input.inputMode = "none"; // the drawn keys stand in for the phone's own
  const after = pad.dataset.pad === "pin" ? pressedPin : pressed;
  for (const key of pad.querySelectorAll("[data-key]")) {
    key.addEventListener("click", () => {
      input.value = after(input.value, key.dataset.key);
      announce(input);
    });
  }
}

/** What a price box says after a key: yuan with at most two decimals. */
function pressed(value, key) {
  if (key === "back") return value.slice(0, -1);
  if (key === "." && value.includes(".")) return value;
  if (/\.\d\d$/.test(value) || value.length >= LONGEST_PRICE) return value;
  if (key === ".") return value === "" ? "0." : value + ".";
  return value === "0" ? key : value + key;
}

/** What a PIN box holds after a key: at most four figures, a nought in front among them. */
function pressedPin(value, key) {
  if (key === "clear") return "";
  if (key === "back") return value.slice(0, -1);
  return value.length < PIN_FIGURES ? value + key : value;
}

function announce(input) {
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Drawn on a canvas, not through a blob: address, which the page's content policy forbids. */
function bindPhoto(box) {
  const input = box.querySelector("input[type=file]");
  const preview = box.querySelector("[data-photo-preview]");
  const state = box.querySelector("[data-photo-state]");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    const canvas = await drawn(file);
    if (!canvas) {
      preview.textContent = "";
      state.textContent = file.name;
      return;
    }
    preview.replaceChildren(canvas);
    await replaceBySmaller(input, file, canvas);
    state.textContent = `${Math.max(1, Math.round(input.files[0].size / 1024))} KB`;
  });
}

/** A photo upright on a canvas no longer than the edge, or null where the browser cannot read it (HEIC): it is then sent as it is. */
export async function drawn(file, edge = LONGEST_EDGE) {
  if (typeof createImageBitmap !== "function") return null;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    return null;
  }
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function replaceBySmaller(input, file, canvas) {
  if (typeof DataTransfer !== "function") return;
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
  if (!blob || blob.size >= file.size || input.files[0] !== file) return;
  const transfer = new DataTransfer();
  transfer.items.add(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: blob.type }));
  input.files = transfer.files;
}

function bindPeek(button) {
  const input = document.getElementById(button.dataset.peek);
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
  });
}

function bindPrint(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** Not on a slow or dear line: completing costs a request for every pause. */
function bindSuggest(input) {
  const line = navigator.connection;
  if (line && (line.saveData || /2g$/.test(line.effectiveType || ""))) return;
  input.addEventListener("focus", () => import("./suggest.js").then((part) => part.bindSuggest(input)), { once: true });
}

function bindReprice(form) {
  let running = null;
  form.addEventListener("change", (event) => {
    if (!form.dataset.reprice.split(" ").includes(event.target.name)) return;
    running?.abort();
    running = new AbortController();
    const mine = running;
    import("./reprice.js").then((part) => part.reprice(form, mine));
  });
}

/** The page says how far it is: the same address is read again, and opened anew when there is nothing more to follow. */
function bindFollow(element) {
  const pause = Number(element.dataset.follow) * 1000;
  const again = async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById(element.id);
      if (answer.ok && !now) {
        location.reload();
        return;
      }
      if (now && now.textContent !== element.textContent) renew(element, now.children);
    } catch (error) {
      // No network for a moment: the next turn asks again.
    }
    setTimeout(again, pause);
  };
  setTimeout(again, pause);
}

/**
 * A scale that types ends with Enter: the cursor goes on to the next weight that is missing, or to the button. One that
 * sends again once it stands there weighs the last thing anew: its Enter must never press the button unseen.
 */
function bindScale(input) {
  const button = Array.from(input.form.elements).find((part) => part.type === "submit");
  // The whole line of a scale is long: it is set smaller, so that its figures at the end are seen.
  input.addEventListener("input", () => input.classList.toggle("is-long", input.value.length > 8));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const empty = Array.from(input.form.elements).find((part) => "scale" in part.dataset && part.value === "");
    if (!empty && button) lastWeighed.set(button, input);
    (empty || button || input).focus();
  });
  if (!button || lastWeighed.has(button)) return;
  lastWeighed.set(button, input);
  button.addEventListener("keydown", (event) => {
    if (event.key.length === 1 && event.key !== " " && !event.ctrlKey) lastWeighed.get(button).focus();
  });
}

const lastWeighed = new WeakMap(); // button -> the weight from which the cursor came to it

/** Puts new parts in the place of old ones; a cursor among them stands on what now has the old one's turn. */
export function renew(part, fresh) {
  const stops = () => Array.from(part.querySelectorAll("a[href], button, input, select, textarea, summary"));
  const turn = stops().indexOf(document.activeElement);
  part.replaceChildren(...fresh);
  if (turn < 0) return;
  const now = stops();
  (now[Math.min(turn, now.length - 1)] || document.getElementById("main")).focus();
}

/** Takes a part away; a cursor in it goes on to another. */
export function takeAway(part, next) {
  const hadCursor = part.contains(document.activeElement);
  part.remove();
  if (hadCursor && next) next.focus();
}

const CURSOR = "cursor"; // in the tab's memory: where it goes on the page that an act leads to
const BASKET = "basket"; // in the tab's memory: how many things were in it when that was last told
const HEARD_MS = 400; // what changes sooner after a page's arrival is not heard

let isByFinger = false;
addEventListener("pointerdown", () => (isByFinger = true), true);
addEventListener("keydown", () => (isByFinger = false), true);

function memory(name, value) {
  try {
    const before = sessionStorage.getItem(name);
    sessionStorage.setItem(name, value);
    return before;
  } catch (error) {
    return null; // storage is forbidden here
  }
}

/** Notes where the cursor is to stand after an act; heard on the whole page, because parts come later too. */
function noteCursor(event) {
  const link = event.type === "click" ? event.target.closest("a[href]") : null;
  const part = (link || event.target).closest("[data-next]");
  if (!part || isByFinger || (event.type === "click" && !link)) return;
  const ids = [document.activeElement.id, ...part.dataset.next.split(" ")];
  memory(CURSOR, JSON.stringify({ path: (link || location).pathname, ids }));
}
addEventListener("submit", noteCursor);
addEventListener("click", noteCursor);

/** After an act that led back here the cursor does not begin at the top again; what is to be mended comes first. */
function putCursor() {
  const { path, ids } = JSON.parse(memory(CURSOR, "{}") || "{}");
  if (path !== location.pathname || document.querySelector("[data-focus]")) return;
  if (location.hash) whenQuiet(() => putOn(ids)); // the browser takes the cursor away when it goes to what is named there
  else putOn(ids);
}

function putOn(ids) {
  if (document.activeElement !== document.body) return; // someone was quicker
  for (const id of ids.filter(Boolean)) {
    const place = document.getElementById(id);
    if (place) place.focus();
    if (place && place === document.activeElement) return;
  }
}

function bindBasket(place) {
  if ("kept" in document.documentElement.dataset) return;
  const before = memory(BASKET, place.dataset.basket);
  if (before === null || before === place.dataset.basket) return;
  setTimeout(() => (place.textContent = place.dataset.told), HEARD_MS);
}

const PARTS = {
  "form[data-once]": bindOnce,
  "form[data-autosubmit]": bindAutosubmit,
  "[data-stepper]": bindStepper,
  "[data-pad]": bindPad,
  "[data-photo]": bindPhoto,
  "[data-peek]": bindPeek,
  "[data-print]": bindPrint,
  "[data-follow]": bindFollow,
  "[data-focus]": (element) => element.focus(),
  "[data-rail] [aria-current]": (here) => (here.closest("[data-rail]").scrollTop = here.offsetTop - innerHeight / 2),
  "[data-scale]": bindScale,
  "[data-camera]": (way) => "BarcodeDetector" in window && import("./camera.js").then((part) => part.bindCamera(way)),
  "[data-turned-down]": (box) => import("./bench.js").then((part) => part.bindTurnedDown(box)),
  "[data-over]": (note) => import("./bench.js").then((part) => part.bindOver(note)),
  "[data-words]": (row) => import("./bench.js").then((part) => part.bindWords(row)),
  "[data-suggest]": bindSuggest,
  "[data-basket]": bindBasket,
  "form[data-reprice]": bindReprice,
  "form[data-draft]": (form) => import("./draft.js").then((part) => part.bindDraft(form)),
  "form[action*='/sign-out']": (form) => form.addEventListener("submit", () => import("./draft.js").then((part) => part.dropAll())),
  "[data-worker]": (page) => whenQuiet(() => import("./offline.js").then((part) => part.remember(page))),
  "[data-shared]": bindShared,
};

function whenQuiet(act) {
  if (document.readyState === "complete") setTimeout(act, 0);
  else window.addEventListener("load", () => setTimeout(act, 0));
}

function bindShared() {
  import("./draft.js").then((part) => part.neverAgain());
  whenQuiet(() => import("./offline.js").then((part) => part.forget()));
}

/** A page from the phone's memory sends nothing, whatever a script does to its buttons. */
if ("kept" in document.documentElement.dataset) {
  addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation(); }, true);
}

/** Binds every part inside an element; a page that is put in place by another script asks for it again. */
export function bindAll(root) {
  for (const [selector, bind] of Object.entries(PARTS)) {
    root.querySelectorAll(selector).forEach(bind);
  }
}

bindAll(document);
putCursor();
