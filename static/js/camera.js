/**
 * The camera as a scanner, where the browser itself reads codes (BarcodeDetector: Android, some desktops). Elsewhere
 * nothing shows: the box takes what is typed, and a USB scanner is a keyboard. Pictures stay in the browser.
 */

const FORMATS = ["qr_code", "code_128"]; // cards and lots; waybills and parcels
const PAUSE_MS = 120; // between two looks: an old phone must not get hot

export async function bindCamera(way) {
  if (!navigator.mediaDevices) return;
  const known = await BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((format) => known.includes(format));
  if (!formats.length) return;
  const [opener, dialog] = way.children;
  const reader = new BarcodeDetector({ formats });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  opener.addEventListener("click", () => look(way, dialog, reader));
  way.hidden = false;
}

async function look(way, dialog, reader) {
  const video = dialog.querySelector("video");
  dialog.showModal();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    dialog.querySelector("[role=status]").textContent = way.dataset.refused;
    stop(stream);
    return;
  }
  const code = await read(dialog, video, reader);
  stop(stream);
  dialog.close();
  if (code) send(document.getElementById(way.dataset.camera), code);
}

/** The first code that is seen before the dialog is closed, or none. */
async function read(dialog, video, reader) {
  while (dialog.open) {
    const seen = await reader.detect(video).catch(() => []); // a frame that is not there yet
    if (dialog.open && seen.length) return seen[0].rawValue;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return "";
}

function stop(stream) {
  for (const track of stream ? stream.getTracks() : []) track.stop();
}

function send(input, code) {
  if (navigator.vibrate) navigator.vibrate(60);
  input.value = code;
  input.form.requestSubmit();
}
