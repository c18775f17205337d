/**
 * What an order costs where it goes, asked anew when the buyer chooses another province or another way of handing over;
 * loaded by the first such choice. Only the priced part of the answer is taken: what was typed stays as it is.
 */

import { renew } from "./shop.js";

const PRICED = "[data-priced]";

export async function reprice(form, running) {
  const asked = new FormData(form);
  asked.set("action", "preview");
  let answer, told;
  try {
    // Buttons named "action" stand before the form's own property of that name.
    answer = await fetch(form.getAttribute("action"), { method: "POST", body: asked, signal: running.signal });
    told = await answer.text(); // a choice may also come while the rest of the answer is on its way
  } catch (error) {
    return; // another choice came after this one, or no network: the last click shows both prices and asks again
  }
  if (answer.redirected) {
    location.assign(answer.url); // the basket is empty by now
    return;
  }
  const page = new DOMParser().parseFromString(told, "text/html");
  const now = page.querySelectorAll(PRICED);
  const here = document.querySelectorAll(PRICED);
  if (running.signal.aborted || now.length !== here.length) return;
  here.forEach((part, place) => renew(part, now[place].children));
}
