/**
 * The phone's memory (a service worker, served as /sw.js): the shop's frame, a page that says that there is no network,
 * and what was looked at last. The network always comes first. Only when it is gone, or hangs, a page is shown as it
 * was: it carries its date, and every button of it is off. What belongs to one person is never kept.
 *
 * The shop writes `self.house` in front: the build's mark, the files of the frame, where pages may be kept, and where
 * nothing of this is wanted. Without a mark it takes itself away: that is how an operator switches it off.
 */

const { mark, frame, offline, kept: PLACES, apart, files, photos } = self.house;
const FRAME = `frame-${mark}`;
const PAGES = `pages-${mark}`; // a page names the files of its own build, so it goes with them
const PHOTOS = "photos"; // named by what they show
const MOST_PAGES = 30;
const MOST_PHOTOS = 150;
const LARGEST_PHOTO = 80 * 1024; // bytes; a phone's picture of goods is smaller
const HANGING_MS = 6000; // the line is as good as none, if the page was kept
const KEPT_AT = "Shop-Kept-At";
const TITLE = "Shop-Title";
const PERSON = "Shop-Person"; // the answer was made for somebody who is signed in
const TOWN_ZONE = "Asia/Shanghai";

self.addEventListener("install", (event) => {
  self.skipWaiting();
  if (mark) event.waitUntil(caches.open(FRAME).then((cache) => cache.addAll([...frame, offline])));
});

self.addEventListener("activate", (event) => event.waitUntil(mark ? settle() : leave()));

async function settle() {
  const ours = [FRAME, PAGES, PHOTOS];
  const names = await caches.keys();
  await Promise.all(names.filter((name) => !ours.includes(name)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function leave() {
  const names = await caches.keys();
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.registration.unregister();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (!mark || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (apart.some((place) => pathname.startsWith(place))) return;
    if (request.method === "GET") event.respondWith(shown(event, pathname));
    // A form from elsewhere goes past us, or it would look as if it stood on a page of ours.
    else if (request.referrer.startsWith(`${origin}/`)) event.respondWith(sent(request));
  } else if (request.method === "GET" && pathname.startsWith(files)) {
    event.respondWith(file(request));
  } else if (request.method === "GET" && pathname.startsWith(photos)) {
    event.respondWith(photo(event));
  }
});

/** A page from the network; from memory when there is none, or when it hangs and the page was kept. */
async function shown(event, pathname) {
  const { request } = event;
  const isKept = PLACES.some((place) => (place.endsWith("/") && place !== "/" ? pathname.startsWith(place) : pathname === place));
  const known = isKept ? await memory(PAGES, request) : undefined;
  const asked = fetch(request);
  if (isKept) event.waitUntil(asked.then((answer) => keep(request, answer.clone())).catch(() => undefined));
  try {
    const answer = await (known ? Promise.race([asked, new Promise((done) => setTimeout(done, HANGING_MS))]) : asked);
    if (answer) return answer;
  } catch (error) {
    // There is no network.
  }
  if (known) return remembered(known);
  return (await memory(FRAME, offline)) || Response.error();
}

async function memory(name, request) {
  const cache = await caches.open(name);
  return cache.match(request, { ignoreVary: true });
}

/** What a reader has chosen (the language, the large face) stands in the page's first tag; a kept page must have the same. */
function dress(html) {
  const tag = html.slice(0, html.indexOf("<head"));
  const lang = /lang="([^"]*)"/.exec(tag);
  return `${lang ? lang[1] : ""} ${/class="[^"]*\belder\b/.test(tag)}`;
}

async function keep(request, answer) {
  const { headers } = answer;
  const isPage = answer.status === 200 && (headers.get("Content-Type") || "").startsWith("text/html");
  const isPrivate = headers.has(PERSON) || (headers.get("Cache-Control") || "").includes("no-store");
  if (!isPage || isPrivate) return;
  const html = await answer.text();
  const last = await memory(FRAME, offline);
  if (last && dress(await last.text()) !== dress(html)) {
    await caches.delete(PAGES);
    const cache = await caches.open(FRAME);
    await cache.add(offline);
  }
  const title = /<title>([^<]*)</.exec(html);
  const copy = new Headers(headers);
  copy.set(KEPT_AT, String(Date.now()));
  copy.set(TITLE, encodeURIComponent(title ? title[1] : ""));
  await put(PAGES, request.url, new Response(html, { headers: copy }), MOST_PAGES);
}

/** Keeps one more, and lets the oldest go. */
async function put(name, key, answer, most) {
  const cache = await caches.open(name);
  await cache.put(key, answer);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((old) => cache.delete(old)));
}

/** The page as it was, with its date on top and every button off. */
async function remembered(known) {
  const [html, last] = [await known.text(), await memory(FRAME, offline)];
  const note = /<template id="kept-note">([^]*?)<\/template>/.exec(last ? await last.text() : "");
  const lang = /lang="([^"]*)"/.exec(html);
  const when = new Intl.DateTimeFormat(lang ? lang[1] : "zh-Hans", {
    month: "long", day: "numeric", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: TOWN_ZONE,
  }).format(Number(known.headers.get(KEPT_AT)));
  const page = html
    .replace("<html ", "<html data-kept ")
    .replace(/<button(?=[\s>])/g, "<button disabled")
    .replace(/<input(?=[^>]*type="(?:submit|image)")/g, "<input disabled")
    .replace(/<body[^>]*>/, (body) => body + (note ? note[1].replace("{when}", () => when) : ""));
  return new Response(page, { headers: known.headers });
}

/** A form goes by the network alone. Without one the page stays as it is, with all that was typed, and is told. */
async function sent(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const pages = await self.clients.matchAll({ type: "window" });
    for (const page of pages) page.postMessage({ unsent: request.url });
    return new Response(null, { status: 204 });
  }
}

/** Files carry their build's mark in the address: one that is here is the one that is meant. */
async function file(request) {
  const known = await memory(FRAME, request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(FRAME);
    cache.put(request, answer.clone());
  }
  return answer;
}

async function photo(event) {
  const known = await memory(PHOTOS, event.request);
  if (known) return known;
  const answer = await fetch(event.request);
  const size = Number(answer.headers.get("Content-Length"));
  if (answer.status === 200 && size && size <= LARGEST_PHOTO) {
    event.waitUntil(put(PHOTOS, event.request.url, answer.clone(), MOST_PHOTOS));
  }
  return answer;
}
