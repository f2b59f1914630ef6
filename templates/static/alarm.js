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

const look = async () => draw(await fetch("/desk/alarms", { headers: { "x-by-itself": "1" } }));
const again = () => look().catch(() => {});

// A press leads nobody away from what they are doing.
part.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  fetch(event.target.action, { method: "POST", body }).then(draw).catch(() => {
    // A press that reached nobody must not look like one that did.
    shown = null;
    event.target.append(part.dataset.failed);
  });
});

again();
const timer = setInterval(again, every);
addEventListener("pagehide", () => clearInterval(timer));
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
