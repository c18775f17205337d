/**
 * A form half typed is not lost: what stands in form[data-draft] is kept in this browser while it is typed, for a day,
 * and given back when the page is opened again. Never figures that open something (passwords, codes, cards, accounts),
 * never files, and nothing on a phone that is not the person's own. It is dropped when the form has arrived.
 */

const PREFIX = "draft:";
const SHARED = "shared-phone"; // somebody signed in on this phone as on one that is not theirs
const DAY_MS = 86_400_000;
const SETTLE_MS = 300;
const NEVER = /pass|pin|code|token|csrf|key|account|card|tax|licen|identity|id_n/i;
const TYPES = ["text", "search", "tel", "email", "textarea", "select-one", "radio", "checkbox", "number"];

function storage() {
  try {
    return localStorage;
  } catch (error) {
    return null; // forbidden here
  }
}

function read(key) {
  try {
    const row = JSON.parse(storage().getItem(key));
    return row && Date.now() - row.at < DAY_MS ? row : null;
  } catch (error) {
    return null;
  }
}

function write(key, row) {
  try {
    storage().setItem(key, JSON.stringify(row));
  } catch (error) {
    // The phone is full or forbids it: it stays on the page at least.
  }
}

/** Every draft's key; the list is made before any is dropped. */
function keys() {
  const kept = storage();
  return kept ? Object.keys(kept).filter((key) => key.startsWith(PREFIX)) : [];
}

/** Drops every draft: on signing out, and on a phone that is not the person's own. */
export function dropAll() {
  for (const key of keys()) storage().removeItem(key);
}

/** On a shared phone, from now on and for whoever comes after. */
export function neverAgain() {
  dropAll();
  write(SHARED, { at: Date.now() });
}

/** Drops what was sent, once a page has come that no longer asks for it. */
export function dropSent() {
  for (const key of keys()) {
    const row = read(key);
    if (!row || (row.sent && !document.querySelector(`form[data-draft="${key.slice(PREFIX.length)}"]`))) storage().removeItem(key);
  }
}

function fields(form) {
  return Array.from(form.elements).filter(
    (field) => field.name && TYPES.includes(field.type) && !NEVER.test(field.name) && !/one-time-code|^cc-/.test(field.autocomplete || ""),
  );
}

/** What a person put in: by name, a text, or the values of what is ticked. */
function typed(form) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      values[field.name] = values[field.name] || [];
      if (field.checked) values[field.name].push(field.value);
    } else {
      values[field.name] = field.value;
    }
  }
  return values;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function fill(form, values) {
  for (const field of fields(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (Array.isArray(value)) {
      const isOn = value.includes(field.value);
      if (field.checked === isOn) continue;
      field.checked = isOn;
      if (!isOn) continue; // the other one of its group says it
    } else {
      if (field.value === value) continue;
      field.value = value;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function bindDraft(form) {
  const key = PREFIX + form.dataset.draft;
  const first = typed(form);
  const note = form.querySelector("[data-draft-note]");
  const hasArrived = Boolean(document.querySelector(".flashes .notice-good")); // a good word of the shop
  if (read(SHARED)) return;
  const row = read(key);
  let timer = 0;
  if (row && row.sent && hasArrived) {
    storage().removeItem(key);
  } else if (row && same(row.first, first) && !same(row.values, first)) {
    // Had the shop put something else into it since, that would be newer.
    fill(form, row.values);
    note.hidden = false;
  }
  const keep = () => {
    clearTimeout(timer);
    const now = typed(form);
    if (!same(now, first)) write(key, { at: Date.now(), first, values: now });
    else if (storage()) storage().removeItem(key);
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, SETTLE_MS);
  };
  form.addEventListener("input", wait);
  form.addEventListener("change", wait);
  addEventListener("pagehide", () => timer && keep());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    timer = 0;
    write(key, { at: Date.now(), first, values: typed(form), sent: true });
  });
  form.addEventListener("unsent", keep);
  note.querySelector("[data-draft-clear]").addEventListener("click", () => {
    fill(form, first);
    keep();
    note.hidden = true;
    const box = fields(form).find((field) => field.type === "text" || field.type === "textarea" || field.type === "tel");
    if (box) box.focus();
  });
}
