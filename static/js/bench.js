/** The intake table: asks why only of what is turned down, lets a gloved finger tap the answer, says what is too heavy. Fetched by the page that needs it. */

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

const GRAMS = { g: 1, "克": 1, kg: 1000, "千克": 1000, "公斤": 1000, "斤": 500, "两": 50 };
const READING = /(\d{1,7}(?:\.\d{1,4})?)\s*(kg|g|千克|公斤|克|斤|两)?$/i;

/** Says while the goods still lie there that they weigh more than their buyer pays for, and who pays it. */
export function bindOver(note) {
  const box = document.getElementById(note.dataset.over);
  const down = document.getElementById(note.dataset.down);
  const { most, per, price, pieces, say } = note.dataset;
  const refresh = () => {
    const good = pieces - down.value;
    const read = READING.exec(box.value.normalize("NFKC").trim());
    const grams = read ? Math.round(read[1] * GRAMS[(read[2] || "g").toLowerCase()]) : 0;
    const above = Math.floor((per * grams) / 500) - price * good;
    // Over double is a slip of the hand, which the table refuses.
    note.hidden = !(good > 0 && grams > most * good && above > 0 && above <= price * good);
    note.textContent = note.hidden ? "" : say.replace("{n}", grams - most * good).replace("{money}", yuan(above));
  };
  box.addEventListener("input", refresh);
  down.addEventListener("input", refresh);
  refresh();
}

function yuan(fen) {
  return "¥" + (fen % 100 ? (fen / 100).toFixed(2) : String(fen / 100));
}
