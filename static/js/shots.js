/** The heading over the photos of a new thing says how many were taken, as soon as they are seen. */

const list = document.querySelector("[data-shots]");
const title = document.querySelector("[data-shots-title]");
const count = () => {
  const n = list.querySelectorAll("li:not(.is-refused)").length;
  title.textContent = n ? title.dataset.wordSome.replace("{n}", n) : title.dataset.wordNone;
};
new MutationObserver(count).observe(list, { childList: true, subtree: true, attributeFilter: ["class"] });
count(); // those that the phone kept may stand there already
