// Nobody touches the screen: ask, then erase. Any touch, key or pointer counts.
const root = document.documentElement;
const body = document.body;
root.classList.add("script");

// A page kept by the browser may show the last resident. It is hidden when it is
// left, so that it is never painted again, and loaded anew when it comes back.
addEventListener("pagehide", () => { root.hidden = true; });
addEventListener("pageshow", (shown) => {
  if (shown.persisted) location.reload();
  else root.hidden = false;
});

// The server erases what nobody touches; it hears of touches now and then.
const end = document.getElementById("end");
const key = end?.form.elements.key?.value;
const tellEvery = 20_000;
let told = Date.now();
function tell() {
  if (!key || Date.now() - told < tellEvery) return;
  told = Date.now();
  fetch("/kiosk/touch", { method: "POST", body: new URLSearchParams({ key }) }).catch(() => {});
}

// The page goes blank first, whether or not anybody answers. A browser that goes to
// a server which is away ends on a page of its own, where no script runs: so the
// visit is ended from here, again and again, and only then the page is left.
const again = 2_000;
let gone = false;
async function forget() {
  if (gone) return;
  gone = true;
  body.hidden = true;
  for (;;) {
    try {
      const answer = await fetch(end.form.action, { method: "POST", body: new URLSearchParams(key ? { key } : {}) });
      if (answer.ok) break;
    } catch { /* The server is away; it erases by itself what nobody touches. */ }
    await new Promise((wait) => setTimeout(wait, again));
  }
  location.replace("/kiosk");
}

const asked = document.getElementById("idle");
if (asked && "visiting" in body.dataset) {
  const idle = Number(body.dataset.idleSecs);
  const warning = Number(body.dataset.warningSecs);
  const left = document.getElementById("idle-secs");
  let touched = Date.now();
  const touch = () => {
    touched = Date.now();
    if (asked.open) asked.close();
    tell();
  };
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, touch, { passive: true });
  document.getElementById("idle-stay").addEventListener("click", touch);
  setInterval(() => {
    // While it is paid here, everybody looks at the terminal.
    if (document.querySelector("[data-stays]")) touch();
    const quiet = (Date.now() - touched) / 1000;
    if (quiet >= idle + warning) {
      forget();
    } else if (quiet >= idle) {
      left.textContent = String(Math.ceil(idle + warning - quiet));
      if (!asked.open) asked.showModal();
    }
  }, 500);
}

// Calling staff leaves the page, and what is typed on it, as it is.
const call = document.getElementById("call");
async function show(request) {
  const answer = await fetch("/kiosk/call", { ...request, headers: { accept: "application/json" }, cache: "no-store" });
  const { state, words } = await answer.json();
  call.dataset.state = state;
  const shown = call.querySelector("span");
  if (shown.textContent !== words) shown.textContent = words;
}
call?.form.addEventListener("submit", (press) => {
  press.preventDefault();
  show({ method: "POST", body: new URLSearchParams() }).catch(() => call.form.submit());
});
if (call) {
  const timer = setInterval(() => {
    if (call.dataset.state !== "not") show({}).catch(() => {});
  }, 4000);
  addEventListener("pagehide", () => clearInterval(timer));
}

// A wish takes along what is typed, so that the page comes back with it. A page
// with a PIN never does.
const step = document.querySelector("#step[data-keeps]");
const wishes = document.querySelector(".wishes");
if (step && wishes) {
  wishes.addEventListener("submit", (press) => {
    press.preventDefault();
    const wish = Object.assign(document.createElement("input"), { type: "hidden", name: press.submitter.name, value: press.submitter.value });
    step.append(wish);
    step.submit();
  });
}
