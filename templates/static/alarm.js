// Shows the silent alarms on every page of the desk. No sound: whoever stands before
// the counter must not notice.

const part = document.getElementById("alarms");
const every = 3_000;
let shown;

// Every drawing has presses of its own; they are no change.
const words = (html) => html.replaceAll(/name="op" value="[^"]*"/g, "");

async function draw(answer) {
  // Signed out meanwhile: nobody must believe that they still hear of anything.
  if (!answer.url.endsWith("/desk/alarms")) return location.assign(answer.url);
  if (!answer.ok) throw new Error(answer.statusText);
  const html = await answer.text();
  // Unchanged words are left alone: a screen reader would say them again.
  if (words(html) === shown) return;
  shown = words(html);
  part.innerHTML = html;
}

const trouble = document.getElementById("alarms-trouble");
const lostAfter = 3;
let lost = 0;
// A press that has reached nobody yet: it is sent until it has, and counts once.
let unsent = null;

function say(what) {
  trouble.hidden = !what;
  if (what) trouble.textContent = trouble.dataset[what];
}

async function ask() {
  if (!unsent) return draw(await fetch("/desk/alarms", { headers: { "x-by-itself": "1" } }));
  const { action, body } = unsent;
  const answer = await fetch(action, { method: "POST", body });
  // What is refused is refused the next time, too.
  if (answer.ok || answer.status < 500) unsent = null;
  await draw(answer);
}

// One after the other: what was drawn last is how it is.
let asking = false;
async function again() {
  if (asking) return;
  asking = true;
  const isPress = Boolean(unsent);
  try {
    await ask();
    lost = 0;
    say(null);
  } catch {
    lost += 1;
    if (isPress) say("failed");
    else if (lost >= lostAfter) say("lost");
  }
  asking = false;
  // Pressed meanwhile.
  if (unsent && !lost) again();
}

// A press leads nobody away from what they are doing.
part.addEventListener("submit", (event) => {
  event.preventDefault();
  unsent = { action: event.target.action, body: new URLSearchParams(new FormData(event.target, event.submitter)) };
  again();
});

again();
const timer = setInterval(again, every);
addEventListener("pagehide", () => clearInterval(timer));
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
