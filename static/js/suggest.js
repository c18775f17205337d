/**
 * Completion under the search box, loaded by the first touch of the box.
 *
 * The box is a combobox (WAI-ARIA 1.2): the cursor stays in it, arrow keys walk the list, Enter sends, Escape closes.
 * While an input method is composing, nothing is asked: what stands in the box is then not yet what is meant. Letters
 * that are typed plain are asked like any other text.
 */

const SETTLE_MS = 150;
const LIST_ID = "search-list";
const REMEMBERED = 50;
const MEMORY = `suggest ${document.documentElement.lang}`; // of this browser tab, for as long as it is open

function recalled() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(MEMORY) || "[]"));
  } catch (error) {
    return new Map(); // storage is forbidden here
  }
}

function remember(answers, text, items) {
  answers.set(text, items);
  if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value);
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify([...answers]));
  } catch (error) {
    // it is remembered on this page at least
  }
}

export function bindSuggest(input) {
  const form = input.form;
  const list = document.createElement("ul");
  const answers = recalled();
  const heard = document.createElement("p");
  let timer = 0;
  let running = null;
  let chosen = -1;
  let typed = input.value;

  list.id = LIST_ID;
  list.className = "suggest";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  heard.className = "visually-hidden";
  heard.setAttribute("role", "status"); // how many there are, for those who do not see the list
  list.setAttribute("aria-label", input.dataset.suggestLabel);
  form.append(list, heard);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", LIST_ID);
  input.setAttribute("aria-expanded", "false");

  input.addEventListener("input", (event) => {
    if (!event.isComposing) wait();
  });
  input.addEventListener("compositionend", wait);
  input.addEventListener("keydown", press);
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  // The finger's own down would take the cursor out of the box, and with it the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) send(item);
  });

  function wait() {
    typed = input.value;
    clearTimeout(timer);
    timer = setTimeout(ask, SETTLE_MS);
  }

  async function ask() {
    if (running) running.abort();
    const text = typed.trim();
    if (!text) return close();
    if (!answers.has(text)) {
      running = new AbortController();
      const items = await fetched(text, running.signal);
      if (!items) return;
      remember(answers, text, items);
    }
    if (text === typed.trim() && document.activeElement === input) show(answers.get(text));
  }

  async function fetched(text, signal) {
    try {
      const answer = await fetch(`${input.dataset.suggest}&q=${encodeURIComponent(text)}`, { signal });
      return answer.ok ? (await answer.json()).items : null;
    } catch (error) {
      return null; // given up for a newer text, or no line: the form still works
    }
  }

  function show(items) {
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...items.map(option));
    setOpen(items.length > 0);
  }

  function option(item, index) {
    const element = document.createElement("li");
    element.id = `${LIST_ID}-${index}`;
    element.className = "suggest-item";
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    element.dataset.text = item.text;
    const word = document.createElement("span");
    word.textContent = item.text;
    element.append(word);
    if (item.label) {
      const kind = document.createElement("span");
      kind.className = "suggest-kind";
      kind.textContent = item.label;
      element.append(kind);
    }
    return element;
  }

  function press(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // a search box would empty itself
      input.value = typed;
      close();
    }
  }

  /** Walks the list round; one step beyond either end is the text as it was typed. */
  function choose(index) {
    const items = list.children;
    chosen = index < -1 ? items.length - 1 : index >= items.length ? -1 : index;
    Array.from(items).forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
      input.value = typed;
      return;
    }
    input.setAttribute("aria-activedescendant", items[chosen].id);
    input.value = items[chosen].dataset.text;
    items[chosen].scrollIntoView({ block: "nearest" });
  }

  function send(item) {
    input.value = item.dataset.text;
    close();
    form.submit();
  }

  function close() {
    clearTimeout(timer);
    if (running) running.abort();
    setOpen(false);
  }

  function setOpen(isOpen) {
    list.hidden = !isOpen;
    heard.textContent = isOpen ? input.dataset.suggestTold.replace("{n}", list.childElementCount) : "";
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) input.removeAttribute("aria-activedescendant");
  }

  if (input.value !== input.defaultValue) wait(); // typed while this file was on its way
}
