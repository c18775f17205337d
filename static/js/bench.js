/** The intake table: asks why only of what is turned down, and lets a gloved finger tap the answer. Fetched by the page that needs it. */

/** Shown while something of its line is turned down; hidden it still travels, so that nothing typed is lost. */
export function bindTurnedDown(box) {
  const count = document.getElementById(box.dataset.turnedDown);
  const refresh = () => (box.hidden = !Number(count.value));
  count.addEventListener("input", refresh);
  refresh();
}

export function bindWords(row) {
  const input = document.getElementById(row.dataset.words);
  const words = Array.from(row.querySelectorAll("button"));
  const refresh = () => words.forEach((word) => word.setAttribute("aria-pressed", String(word.textContent === input.value)));
  for (const word of words) {
    word.addEventListener("click", () => {
      input.value = word.textContent;
      refresh();
    });
  }
  input.addEventListener("input", refresh);
  row.hidden = false;
  refresh();
}
