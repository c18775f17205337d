/**
 * A signature by finger or pen, on the driver's page and where cash is paid out: what is drawn becomes the file of the
 * photo field beside it. Without this script, or on a phone that cannot hand a file to a form, a photo of the signed
 * slip does the same.
 *
 *   [data-sign]        the box; its value is the id of the photo field's input
 *   [data-sign-again]  its button to begin anew
 */

const WIDTH = 1200; // pixels of the picture, whatever the phone
const LINE = 0.006; // of the width
const DOT = 0.7; // of the line's thickness
const QUALITY = 0.9;
const INK = "black"; // on white: it is read on paper, too
const PAPER = "white";

/** Keeps strokes as parts of the box's size, so that turning the phone loses nothing. */
class Signature {
  constructor(box, input) {
    this.paper = box.querySelector("canvas");
    this.input = input;
    this.strokes = [];
    this.pointer = null;
    this.shape = 1; // height by width, of the box that was signed in
    this.paper.addEventListener("pointerdown", (event) => this.begin(event));
    this.paper.addEventListener("pointermove", (event) => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) this.paper.addEventListener(end, (event) => this.end(event));
    box.querySelector("[data-sign-again]").addEventListener("click", () => this.again());
    input.addEventListener("change", () => this.forget()); // a photo was taken instead
    new ResizeObserver(() => this.fit()).observe(this.paper); // unfolded, or the phone turned
    window.addEventListener("pageshow", (event) => event.persisted && this.again()); // come back by the back arrow
  }

  /** A hand that rests beside the pen is another pointer, and draws nothing. */
  begin(event) {
    if (this.pointer !== null || event.button > 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.paper.setPointerCapture(event.pointerId);
    if (!this.strokes.length) {
      this.shape = this.paper.clientHeight / this.paper.clientWidth;
      const shown = this.input.form.querySelector("[data-photo-preview]");
      if (shown) shown.textContent = ""; // signed instead of the photo
    }
    this.strokes.push([this.where(event)]);
    this.draw();
  }

  go(event) {
    if (event.pointerId !== this.pointer) return;
    const between = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    const stroke = this.strokes[this.strokes.length - 1];
    for (const each of between.length ? between : [event]) stroke.push(this.where(each));
    this.draw();
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.hand();
  }

  /** How wide the box first signed in is drawn in one of this size: a turned phone's box may be too low for it. */
  scale(width, height) {
    return Math.min(width, height / this.shape);
  }

  where(event) {
    const box = this.paper.getBoundingClientRect();
    const scale = this.scale(box.width, box.height);
    return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
  }

  fit() {
    const width = this.paper.clientWidth;
    if (!width) return;
    this.paper.width = Math.round(width * (window.devicePixelRatio || 1));
    this.paper.height = Math.round(this.paper.clientHeight * (window.devicePixelRatio || 1));
    this.draw();
  }

  draw() {
    paint(this.paper, this.strokes, this.scale(this.paper.width, this.paper.height));
  }

  /** Gives the drawing to the form, as if it had been photographed. */
  hand() {
    const picture = document.createElement("canvas");
    picture.width = WIDTH;
    picture.height = Math.round(WIDTH * this.shape);
    paint(picture, this.strokes, WIDTH);
    const strokes = this.strokes.length;
    picture.toBlob(
      (blob) => {
        if (!blob || strokes !== this.strokes.length) return;
        const transfer = new DataTransfer();
        transfer.items.add(new File([blob], "signature.jpg", { type: blob.type }));
        this.input.files = transfer.files;
      },
      "image/jpeg",
      QUALITY,
    );
  }

  forget() {
    this.strokes = [];
    this.fit();
  }

  again() {
    if (this.strokes.length) this.input.value = "";
    this.forget();
  }
}

/** Draws through the middles between points, which takes the corners off a finger's line. */
function paint(paper, strokes, scale) {
  const pen = paper.getContext("2d");
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, paper.width, paper.height);
  pen.fillStyle = pen.strokeStyle = INK;
  pen.lineWidth = scale * LINE;
  pen.lineCap = pen.lineJoin = "round";
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [x * scale, y * scale]);
    pen.beginPath();
    if (points.length < 3) {
      pen.arc(...points[0], pen.lineWidth * DOT, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.moveTo(...points[0]);
    for (let at = 1; at < points.length - 1; at += 1) {
      const [x, y] = points[at];
      pen.quadraticCurveTo(x, y, (x + points[at + 1][0]) / 2, (y + points[at + 1][1]) / 2);
    }
    pen.lineTo(...points[points.length - 1]);
    pen.stroke();
  }
}

function canHand(input) {
  try {
    input.files = new DataTransfer().files;
    return typeof PointerEvent === "function" && typeof ResizeObserver === "function";
  } catch (error) {
    return false; // an old phone: it takes a photo
  }
}

for (const box of document.querySelectorAll("[data-sign]")) {
  const input = document.getElementById(box.dataset.sign);
  if (!input || !canHand(input)) continue;
  box.hidden = false;
  new Signature(box, input);
}
