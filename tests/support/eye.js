// What a person who sees little, or has a thick thumb, finds wrong with the page in front. Runs in the page, by the tests alone.
// Returns sentences: the law, the element as a selector a stranger finds it by, and what was measured.
({text, most, leading, target, is_large}) => {
  const found = [];
  const room = document.documentElement.clientWidth;

  const name = (one) => {
    const parts = [];
    for (let at = one; at && at !== document.body && parts.length < 4; at = at.parentElement) {
      const classes = [...at.classList].map((word) => `.${word}`).join("");
      parts.unshift(at.id ? `#${at.id}` : at.localName + classes);
      if (at.id) break;
    }
    const words = (one.getAttribute("aria-label") || one.textContent || one.value || "").trim().replace(/\s+/g, " ");
    return `${parts.join(" > ")} “${words.slice(0, 24)}”`;
  };
  const say = (law, one, measured) => found.push(`${law}: ${name(one)}: ${measured}`);
  const seen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  const unseen = (one) => one.closest(".visually-hidden, .skip, template, [aria-hidden=true] .visually-hidden");

  // Nothing is pushed sideways; what scrolls in a window of its own is counted by that window.
  if (document.documentElement.scrollWidth > room) {
    const inside = (one) => {
      for (let at = one.parentElement; at && at !== document.documentElement; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "visible" && at !== document.body) return true;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")]
      .filter((one) => seen(one) && one.getBoundingClientRect().right > room + 0.5 && !inside(one));
    const last = wide.filter((one) => !wide.some((other) => other !== one && one.contains(other)));
    for (const one of last.slice(0, 4)) say("sideways", one, `ends at ${Math.round(one.getBoundingClientRect().right)} of ${room}`);
    if (!last.length) found.push(`sideways: the page is ${document.documentElement.scrollWidth} wide in ${room}`);
  }
  // In large type, letters: every one that shows, and what stands between its lines.
  if (is_large) {
    const told = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const one = node.parentElement;
      if (!node.textContent.trim() || told.has(one) || !seen(one) || unseen(one)) continue;
      if (one.closest("svg, option, script, noscript, rt, .sheet")) continue; // a sheet is read on paper
      told.add(one);
      const style = getComputedStyle(one);
      const size = parseFloat(style.fontSize);
      if (size < text - 0.1) say("letters", one, `${size} px`);
      const between = parseFloat(style.lineHeight) / size;
      if (/^[\d\s.,:¥+−–—×%/-]*$/.test(one.textContent.trim())) continue; // a figure has no second line
      if (!(between >= leading - 0.01)) say("lines", one, `${style.lineHeight} for letters of ${size} px`);
      if (size > most + 0.1 && one.closest("p, li, label, legend, th, input, textarea, select") && one.textContent.trim().length > 12) {
        say("letters", one, `${size} px is more than running text takes`);
      }
    }
    for (const one of document.querySelectorAll("input, select, textarea")) {
      const size = parseFloat(getComputedStyle(one).fontSize);
      if (seen(one) && !/^(checkbox|radio|range|file|hidden|submit)$/.test(one.type) && size < text - 0.1) say("letters", one, `${size} px`);
    }
  }

  // Targets. A link in running text is as tall as its line; a box or a circle is pressed on its words as well.
  const flows = (one) => {
    if (getComputedStyle(one).display !== "inline") return false;
    const own = one.textContent.trim().length;
    const block = one.parentElement.closest("p, li, dd, td, figcaption, label, legend, h2, h3, summary, span, div");
    return block !== null && block.textContent.trim().length > own;
  };
  // A link may reach over the whole of its card by what is drawn after it.
  const reach = (one) => {
    if (getComputedStyle(one, "::after").position !== "absolute") return one;
    let at = one;
    while (at !== document.body && getComputedStyle(at).position === "static") at = at.parentElement;
    return at;
  };
  const boxes = (one) => {
    const all = [reach(one).getBoundingClientRect()];
    if (/^(checkbox|radio|file)$/.test(one.type)) for (const label of one.labels || []) all.push(label.getBoundingClientRect());
    return all.filter((box) => box.width && box.height);
  };
  for (const one of document.querySelectorAll("a[href], button, summary, input, select, textarea, [role=button], [tabindex='0']")) {
    if (one.type === "hidden" || one.disabled || !seen(one) || unseen(one) || one.closest(".sheet") || (one.localName === "a" && flows(one))) continue;
    const all = boxes(one);
    if (!all.length || all.some((box) => box.width >= target - 0.5 && box.height >= target - 0.5)) continue;
    const box = all[all.length - 1];
    say("target", one, `${Math.round(box.width)}×${Math.round(box.height)} px`);
  }
  return found;
}
