/**
 * Photos of a new thing, on every page of its questions: shrunk on the phone, kept in it until the shop has them, and
 * sent one after the other while the next questions are answered. Without this script they go as they are, by the form.
 * While one is on its way, the next question is fetched and put in the place of this page, so that nothing is cut off;
 * what is cut off all the same (a reload, a phone that ran out) is sent again by the next page that is opened.
 *
 *   [data-uploads]      where they are sent, and how far that is; its data-word-… are what is said
 *   [data-shots-form]   the form with the boxes to take and to choose them; how many more there may be
 *   [data-after-photos] a form that is sent when every photo has arrived
 *   [data-draft-done]   the thing was sent: what the phone kept of it is dropped
 *   [data-left-behind]  leads to a thing whose photos never left the phone
 *   [data-ideas]        the box for a name
 */

import { bindAll, drawn, pressedBy, takeAway } from "./shop.js";

const LONGEST_EDGE = 1920; // pixels; the shop shows no larger one
const MOST_BYTES = 400 * 1024;
const QUALITIES = [0.85, 0.75, 0.65, 0.55, 0.45];
const SMALLER = 0.75; // each time no quality is enough
const LONGEST_PAUSE_S = 30;
const SILENT_MS = 120_000;
const KEPT_DAYS = 30;

/** What the phone keeps, in its own small database; where there is none, only until the page is left. */
const shelf = {
  async open() {
    if (this.opening) return this.opening;
    this.opening = new Promise((done) => {
      try {
        const asked = indexedDB.open("shop-photos", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "key" });
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => done(null);
      } catch (error) {
        done(null); // storage is forbidden here
      }
    });
    return this.opening;
  },
  async ask(mode, act) {
    const base = await this.open();
    if (!base) return undefined;
    return new Promise((done) => {
      try {
        const turn = base.transaction("photos", mode);
        const asked = act(turn.objectStore("photos"));
        turn.oncomplete = () => done(asked.result === undefined ? true : asked.result);
        turn.onabort = turn.onerror = () => done(undefined); // the phone is full
      } catch (error) {
        done(undefined); // the browser took its database away
      }
    });
  },
  put: (row) => shelf.ask("readwrite", (rows) => rows.put(row)),
  drop: (key) => shelf.ask("readwrite", (rows) => rows.delete(key)),
  all: async () => (await shelf.ask("readonly", (rows) => rows.getAll())) || [],
};

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function scaled(image, by) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * by));
  canvas.height = Math.max(1, Math.round(image.height * by));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The photo as a JPEG of at most MOST_BYTES: first by its quality, then by its size. */
async function shrunk(canvas) {
  for (let picture = canvas; ; picture = scaled(picture, SMALLER)) {
    for (const quality of QUALITIES) {
      const blob = await new Promise((done) => picture.toBlob(done, "image/jpeg", quality));
      if (!blob || blob.size <= MOST_BYTES) return blob;
    }
  }
}

/** Sends one photo after the other, again and again until the shop has answered. */
class Sending {
  constructor(place) {
    this.tellIn(place);
    this.jobs = [];
    this.tries = 0;
    this.isBusy = false;
    this.timer = 0;
    this.current = null;
    this.stopped = "";
    this.listeners = [];
    addEventListener("online", () => this.now());
  }

  /** Goes on telling in the same place of another page. */
  tellIn(place) {
    this.place = place;
    this.words = place.dataset;
  }

  get pending() {
    return this.jobs.filter((job) => job.state === "queued" || job.state === "sending");
  }

  add(job) {
    job.state = "queued";
    job.part = 0;
    this.jobs.push(job);
    this.now();
  }

  drop(job) {
    this.jobs = this.jobs.filter((other) => other !== job);
    shelf.drop(job.key);
    this.tell();
  }

  /** Resolves when nothing is on its way any more. */
  async ended() {
    while (this.pending.length) await new Promise((done) => this.listeners.push(done));
  }

  now() {
    clearTimeout(this.timer);
    const job = this.pending[0];
    if (job && !this.current && !this.stopped) this.send(job);
    this.tell();
  }

  send(job) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrf_token", this.words.token);
    body.append("client_key", job.key);
    body.append("photo", job.blob, job.name);
    job.state = "sending";
    this.current = job;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) job.part = event.loaded / event.total;
      this.tell();
    };
    request.onloadend = () => this.answered(job, request);
    request.timeout = SILENT_MS;
    request.open("POST", this.words.uploads);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  }

  answered(job, request) {
    this.current = null;
    const isJson = (request.getResponseHeader("Content-Type") || "").startsWith("application/json");
    const isOver = isJson && (request.status === 200 || request.status === 422);
    if (isOver || request.status === 404 || request.status === 413) {
      job.answer = isJson ? JSON.parse(request.responseText) : { error: this.words.wordRefused };
      job.state = request.status === 200 ? "kept" : "refused";
      this.tries = 0;
      shelf.drop(job.key);
      this.now();
      return;
    }
    job.state = "queued";
    job.part = 0;
    if (request.status >= 200 && request.status < 500 && request.status !== 429) {
      this.stopped = this.words.wordSignIn; // the shop no longer knows who this is
    } else {
      this.tries += 1;
      this.isBusy = request.status > 0; // the shop was reached, and could not take it now
      this.timer = setTimeout(() => this.now(), Math.min(LONGEST_PAUSE_S, 2 ** (this.tries - 1)) * 1000);
    }
    this.tell();
  }

  tell() {
    for (const job of this.jobs) if (job.show) job.show(job);
    const coming = this.pending.length;
    const all = this.jobs.filter((job) => job.state !== "refused").length;
    const part = this.jobs.reduce((sum, job) => sum + (job.state === "kept" ? 1 : job.state === "sending" ? job.part : 0), 0);
    const tens = Math.floor((part / Math.max(1, all)) * 10) * 10; // spoken aloud, so not at every byte
    const refused = this.jobs.find((job) => job.state === "refused" && job.answer.error);
    const words = this.stopped
      || (coming && this.tries ? (this.isBusy ? this.words.wordBusy : this.words.wordWaiting) : "")
      || (coming ? this.words.wordSending.replace("{n}", all - coming).replace("{m}", all).replace("{p}", tens) : "")
      || (refused ? refused.answer.error : "")
      || (all ? this.words.wordDone.replace("{m}", all) : "");
    if (this.place.textContent !== words) this.place.textContent = words;
    this.place.hidden = !words;
    this.place.classList.toggle("is-waiting", Boolean(coming && (this.tries || this.stopped)));
    if (!coming) for (const done of this.listeners.splice(0)) done();
  }
}

/** One photo in the list: its picture from the phone's own copy, how far it is, and what can be done with it. */
function shotIn(list, template) {
  const item = template.content.firstElementChild.cloneNode(true);
  const state = item.querySelector("[data-shot-state]");
  const bar = item.querySelector("progress");
  const acts = item.querySelector("[data-shot-acts]");
  state.textContent = state.dataset.wordShrinking;
  acts.hidden = true;
  list.append(item);
  return {
    item,
    drop: acts.querySelector("[data-shot-drop]"),
    picture: (canvas) => {
      canvas.className = "photo-img";
      item.querySelector("[data-shot-picture]").append(canvas);
    },
    show: (job) => {
      bar.value = Math.round(job.part * 100);
      if (job.state === "queued") state.textContent = state.dataset.wordQueued;
      if (job.state === "sending") state.textContent = `${bar.value}%`;
      acts.hidden = job.state === "sending";
      if (job.isShown || (job.state !== "kept" && job.state !== "refused")) return;
      job.isShown = true;
      bar.hidden = true;
      if (job.state === "refused") {
        state.textContent = job.answer.error || "";
        item.classList.add("is-refused");
        return;
      }
      const twin = list.querySelector(`[data-photo="${job.answer.photo}"]`);
      if (twin) item.remove();
      item.dataset.photo = job.answer.photo;
      state.remove();
      acts.innerHTML = job.answer.actions;
    },
  };
}

function bindForm(form, sending) {
  const list = document.querySelector("[data-shots]");
  const template = document.querySelector("[data-shot-template]");
  const draft = sending.words.draft;
  let left = Number(form.dataset.shotsForm);
  let shrinking = Promise.resolve();
  let isKept = true; // what was chosen outlives this page

  const add = (file, key, blob) => {
    left -= 1;
    form.querySelector("[data-shots-hint]").hidden = true;
    const shot = shotIn(list, template);
    const job = { key, show: shot.show };
    shot.drop.addEventListener("click", () => {
      sending.drop(job);
      takeAway(shot.item, form.querySelector("[data-shot-source]"));
      left += 1;
    });
    const row = { key, draft, whose: form.dataset.whose, blob: file, name: file.name || "photo", at: Date.now() - left };
    if (!blob) shelf.put({ ...row, isWhole: true }); // a page closed while those before it are made smaller loses none
    shrinking = shrinking.then(async () => {
      const canvas = await drawn(file, LONGEST_EDGE);
      if (canvas) shot.picture(scaled(canvas, Math.min(1, 640 / Math.max(canvas.width, canvas.height))));
      job.blob = blob || (canvas && (await shrunk(canvas))) || file;
      job.name = canvas ? "photo.jpg" : file.name || "photo";
      isKept = Boolean(blob || (await shelf.put({ ...row, blob: job.blob, name: job.name }))) && isKept;
      sending.add(job);
    });
  };

  for (const input of form.querySelectorAll("[data-shot-source]")) {
    const take = () => {
      const files = Array.from(input.files);
      if (!files.length) return;
      history.replaceState(null, "", form.action); // opened again, the page finds what the phone keeps
      form.querySelector("[data-shots-full]").hidden = files.length <= left;
      files.slice(0, left).forEach((file) => add(file, newKey()));
      input.value = "";
    };
    input.addEventListener("change", take);
    take(); // chosen by a quick thumb before this script was there
  }
  form.querySelectorAll("[data-without-script]").forEach((part) => part.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    await shrinking;
    if (!isKept) await sending.ended();
    form.elements.coming.value = String(sending.pending.length);
    send(form, { name: "next", value: "on" }, sending);
  });
  return (row) => add(row.blob, row.key, row.isWhole ? null : row.blob);
}

function bindLast(form, sending) {
  form.addEventListener("submit", async (event) => {
    if (!sending.pending.length || event.defaultPrevented) return;
    event.preventDefault();
    const word = document.createElement("p");
    word.className = "uploads";
    word.textContent = sending.words.wordThenSend;
    sending.place.after(word);
    await sending.ended();
    form.submit();
  });
}

/** The look at the end shows the first photo from the phone while it is on its way. */
async function showFirst(box, job) {
  const empty = box.querySelector(".photo-none");
  const canvas = empty && (await drawn(job.blob, 1280));
  if (!canvas) return;
  canvas.className = "photo-img";
  empty.replaceWith(canvas);
}

/** Sends a form as its pressed button would. */
function send(form, button, sending) {
  if (button && button.name) {
    const pressed = document.createElement("input");
    pressed.type = "hidden";
    pressed.name = button.name;
    pressed.value = button.value;
    form.append(pressed);
  }
  if (!sending.pending.length) {
    form.submit();
    return;
  }
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name); // photos go by themselves
  goOn(form.action, { method: "POST", body }, sending).catch(() => form.submit());
}

/** Puts another page of the same draft in the place of this one; any other page is opened as usual. */
async function goOn(address, asked, sending) {
  const answer = await fetch(address, asked);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const place = page.querySelector("[data-uploads]");
  if (!place || place.dataset.draft !== sending.words.draft || page.querySelector("[data-shots-form]")) {
    location.assign(answer.url);
    return;
  }
  history.pushState(null, "", answer.url);
  document.title = page.title;
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.childNodes);
  scrollTo(0, 0);
  document.getElementById("main").focus({ preventScroll: true });
  bindAll(document.body);
  sending.tellIn(document.querySelector("[data-uploads]"));
  bindPage(sending);
  sending.tell();
}

/** Binds what a page may have besides its photos' form. */
function bindPage(sending) {
  const last = document.querySelector("[data-after-photos]");
  const local = document.querySelector("[data-local-photos]");
  const named = document.querySelector("[data-ideas]");
  if (last) bindLast(last, sending);
  if (local && sending.pending.length) showFirst(local, sending.pending[0]);
  if (named) import("./ideas.js").then((part) => part.bindIdeas(named));
}

function followWays(sending) {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !sending.pending.length || event.target.method !== "post") return;
    event.preventDefault();
    send(event.target, pressedBy(event), sending);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isOurs = link && link.pathname.startsWith(sending.words.uploads.replace(/photos$/, ""));
    if (!isOurs || !sending.pending.length || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goOn(link.href, {}, sending).catch(() => location.assign(link.href));
  });
  addEventListener("popstate", () => location.reload());
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // what was kept as it stood has forgotten what was sent since
  });
}

async function start() {
  const done = document.querySelector("[data-draft-done]");
  const place = document.querySelector("[data-uploads]");
  const rows = await shelf.all();
  const isOld = (row) => Date.now() - row.at > KEPT_DAYS * 86_400_000;
  for (const row of rows) {
    if (isOld(row) || (done && row.draft === done.dataset.draftDone)) shelf.drop(row.key);
  }
  if (!place) return;
  const sending = new Sending(place);
  const mine = rows.filter((row) => row.draft === place.dataset.draft && !isOld(row)).sort((a, b) => a.at - b.at);
  const form = document.querySelector("[data-shots-form]");
  const again = form ? bindForm(form, sending) : (row) => sending.add({ key: row.key, blob: row.blob, name: row.name });
  mine.forEach(again);
  bindPage(sending);
  followWays(sending);
  const others = form ? rows.filter((row) => row.draft !== place.dataset.draft && row.whose === form.dataset.whose && !isOld(row)) : [];
  if (!others.length) return;
  const left = document.querySelector("[data-left-behind]"); // that thing's page was closed before its photos were sent
  left.querySelector("a").href = left.dataset.leftBehind.replace("CODE", others[0].draft);
  left.hidden = false;
}

start();
