/**
 * What a page does for the day the network is gone; fetched when all else has come, so that it costs the first sight
 * nothing. worker.js keeps the pages; this hires it, shows what it kept, and says when a form did not get away.
 */

import { dropSent } from "./draft.js";

const PAGES = /^pages-/;

export async function remember(page) {
  const isKept = "kept" in page.dataset;
  addEventListener("online", () => isKept && location.reload());
  const list = document.querySelector("[data-kept-pages]");
  if (list) showKept(list);
  if (!isKept && !list) dropSent(); // this page came from the shop, so the line was there
  if (!navigator.serviceWorker) return;
  navigator.serviceWorker.addEventListener("message", (event) => event.data.unsent && unsent(page));
  try {
    await navigator.serviceWorker.register(page.dataset.worker);
  } catch (error) {
    // Forbidden here, or no network: the shop works without.
  }
}

/** On a phone that is not the person's own nothing is kept, and what was is dropped. */
export async function forget() {
  if (navigator.serviceWorker) {
    const hired = await navigator.serviceWorker.getRegistrations();
    await Promise.all(hired.map((each) => each.unregister()));
  }
  if (!window.caches) return;
  const names = await caches.keys();
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** Says that a form is still here; its buttons can be pressed again. */
function unsent(page) {
  for (const form of document.querySelectorAll("form[data-sent]")) form.dispatchEvent(new Event("unsent"));
  let word = document.querySelector("[data-unsent-word]");
  if (!word) {
    word = document.createElement("p");
    word.className = "unsent";
    word.dataset.unsentWord = "";
    word.setAttribute("role", "alert");
    document.body.append(word);
  }
  word.textContent = page.dataset.unsent;
  setTimeout(() => word.remove(), 12_000);
}

async function showKept(list) {
  if (!window.caches) return;
  const found = new Map();
  const names = await caches.keys();
  for (const name of names.filter((each) => PAGES.test(each))) {
    const cache = await caches.open(name);
    const keys = await cache.keys();
    for (const key of keys.reverse()) {
      const page = await cache.match(key, { ignoreVary: true });
      found.set(key.url, decodeURIComponent(page.headers.get("Shop-Title") || "").split(" · ")[0]);
    }
  }
  for (const [url, title] of found) {
    const line = document.createElement("li");
    const way = document.createElement("a");
    way.className = "link";
    way.href = url;
    way.textContent = title || new URL(url).pathname;
    line.append(way);
    list.append(line);
  }
  list.parentElement.hidden = !found.size;
}
