// The page that reads the code made at home: by the camera, by a scanner that types,
// or by one at the server. Whichever is first leads on.
const page = document.getElementById("scan");
const heard = document.getElementById("heard");

// A scanner types faster than any hand, and ends with Enter. Its keys are read by
// their place on the keyboard: what a key means depends on the layout that each
// machine believes in, and with an input method on it means kana.
const between = 80;
const lettersMax = 1300;
const shifted = { Digit4: "$", Digit5: "%" };
const plain = { Minus: "-", Period: ".", Slash: "/", NumpadSubtract: "-", NumpadDecimal: ".", NumpadDivide: "/" };
function letter({ code, shiftKey }) {
  if (shiftKey && shifted[code]) return shifted[code];
  if (plain[code]) return plain[code];
  return /^(?:Key[A-Z]|(?:Digit|Numpad)[0-9])$/.test(code) ? code.at(-1) : null;
}

let typed = "";
let last = -Infinity;
function key(press) {
  const isFast = press.timeStamp - last < between;
  const ends = press.code === "Enter" || press.code === "NumpadEnter";
  if (/^(Shift|CapsLock|Alt|Control)/.test(press.code)) {
    if (isFast) last = press.timeStamp;
    return;
  }
  if (!isFast) typed = "";
  // Enter after a burst belongs to it, and presses no button.
  if (isFast && typed.length > 2) press.preventDefault();
  last = press.timeStamp;
  if (ends) {
    if (typed.length > 7) send(typed);
    typed = "";
    return;
  }
  typed += letter(press) ?? "?";
  if (typed.length > lettersMax) typed = "";
}

function send(text) {
  stop();
  heard.elements.text.value = text;
  heard.submit();
}

if (page && "keyboard" in page.dataset) {
  // Nothing that could be typed into, or pressed by what is typed.
  document.activeElement?.blur();
  addEventListener("keydown", key, { capture: true });
}

let asking = 0;
if (page?.dataset.state) {
  asking = setInterval(async () => {
    const answer = await fetch(page.dataset.state, { cache: "no-store" }).catch(() => null);
    if (answer?.ok && (await answer.json()).heard) send("");
  }, 400);
}

// The middle of what the camera sees goes to the server as grey pixels, one frame
// after the other; nothing of it is kept on either side.
const camera = document.getElementById("camera");
const video = camera?.querySelector("video");
const words = camera?.querySelector("[role=status]");
const sideMax = 720;
const pause = 200;
let stream = null;

function say(what) {
  if (words.textContent !== words.dataset[what]) words.textContent = words.dataset[what];
  camera.dataset.is = what;
}

async function start() {
  say("starting");
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    say("looking");
    look(document.createElement("canvas")).catch(() => {});
  } catch {
    // No camera, no leave to use it, or a page that is not secure.
    say("off");
    video.hidden = true;
  }
}

async function look(canvas) {
  const picture = canvas.getContext("2d", { willReadFrequently: true });
  while (stream) {
    const whole = Math.min(video.videoWidth, video.videoHeight);
    if (whole > 0) {
      const side = Math.min(whole, sideMax);
      if (canvas.width !== side) canvas.width = canvas.height = side;
      const [left, top] = [(video.videoWidth - whole) / 2, (video.videoHeight - whole) / 2];
      picture.drawImage(video, left, top, whole, whole, 0, 0, side, side);
      const told = await ask(grey(picture.getImageData(0, 0, side, side).data), side);
      if (told?.text && stream) {
        send(told.text);
        return;
      }
      say(told?.say ?? "looking");
      if (told?.go && stream) {
        stop();
        location.assign(told.go);
        return;
      }
    }
    await new Promise((wait) => setTimeout(wait, pause));
  }
}

function grey(colours) {
  const pixels = new Uint8Array(colours.length / 4);
  for (let at = 0, from = 0; at < pixels.length; at += 1, from += 4) {
    pixels[at] = (77 * colours[from] + 150 * colours[from + 1] + 29 * colours[from + 2]) >> 8;
  }
  return pixels;
}

async function ask(pixels, side) {
  const headers = { "content-type": "application/octet-stream", "x-key": page.dataset.key, "x-side": String(side) };
  const answer = await fetch(camera.dataset.frame, { method: "POST", body: pixels, headers, cache: "no-store" }).catch(() => null);
  // Busy, or the visit has ended meanwhile: the next frame asks again.
  return answer?.ok && !answer.redirected ? answer.json() : null;
}

function stop() {
  clearInterval(asking);
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

if (camera) start();
addEventListener("pagehide", stop);
