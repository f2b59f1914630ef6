// The card page: notices when a card is laid down or lifted, and the keypad.
const watched = document.querySelector("main [data-state]");
const before = watched?.dataset.tap ? Number(watched.dataset.tap) : null;
const lifting = document.querySelector(".reader-picture.lift") !== null;

// On the waiting page a card that appears leads on; on the number page one that
// is gone or was exchanged leads back. A page that asks to lift the card waits
// until the reader is empty.
async function look() {
  const answer = await fetch(watched.dataset.state, { cache: "no-store" });
  const { card } = await answer.json();
  if (card === undefined) return;
  const changed = before !== null ? card !== before : lifting ? card === null : card !== null;
  if (changed) location.assign("/kiosk/card");
}
if (watched) {
  const timer = setInterval(() => look().catch(() => {}), 400);
  addEventListener("pagehide", () => clearInterval(timer));
}

// Reading takes a moment: nothing more is to be pressed, and the page says so.
const step = document.querySelector("#step[data-tap]");
step?.addEventListener("submit", () => {
  const button = document.querySelector("[form=step]");
  button.disabled = true;
  button.textContent = button.dataset.busy;
});

const pad = document.querySelector("[data-keypad]");
if (pad) {
  pad.hidden = false;
  const boxes = [...document.querySelectorAll("[data-keys]")];
  let at = boxes[0];
  boxes.forEach((box) => box.addEventListener("focus", () => { at = box; }));
  pad.addEventListener("click", (press) => {
    const key = press.target.closest("button");
    if (!key) return;
    if ("clear" in key.dataset) at.value = "";
    else if ("delete" in key.dataset) at.value = at.value.slice(0, -1);
    else if (at.value.length < at.maxLength) at.value += key.dataset.key;
    const next = boxes[boxes.indexOf(at) + 1];
    if (at.value.length === at.maxLength && next) at = next;
    at.focus({ preventScroll: true });
  });
}
