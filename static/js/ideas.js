/** Names that neighbours' goods go by, under the box while it is typed in; photos.js binds it where there is [data-ideas]. */

const SETTLE_MS = 250;

export function bindIdeas(input) {
  const list = document.querySelector("[data-ideas-list]");
  const word = document.getElementById("ideas-word");
  const first = list.innerHTML;
  let timer = 0;
  let asked = "";

  const ask = async () => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    let found = first;
    if (text) {
      try {
        const answer = await fetch(`${input.dataset.ideas}?q=${encodeURIComponent(text)}`);
        if (!answer.ok) return;
        found = await answer.text();
      } catch (error) {
        return; // no network for a moment: one can go on without
      }
    }
    if (text !== input.value.trim()) return;
    list.innerHTML = found;
    word.hidden = !list.childElementCount;
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, SETTLE_MS);
  };
  input.addEventListener("input", (event) => {
    if (!event.isComposing) wait();
  });
  input.addEventListener("compositionend", wait);
}
