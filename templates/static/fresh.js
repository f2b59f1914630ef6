// Keeps a part of a page fresh: it is drawn anew when something in the
// queue changes. Without this script every button works the same, and the page is as
// fresh as its last reload.

// A list that is open, a reason being chosen or a button being pressed is not taken from
// under the hand.
function isBusy(part) {
  const at = document.activeElement;
  return part.querySelector("details[open], :active") || (part.contains(at) && at.matches("select, input"));
}

// What holds the focus is found again by its shortcut, by where it leads, or by its
// name and value; where nothing does, what is offered first takes it.
function sameAs(held, part) {
  if (held?.accessKey) return part.querySelector(`[accesskey="${held.accessKey}"]`);
  if (held?.href) return [...part.querySelectorAll("a")].find((one) => one.href === held.href);
  const same = [...part.querySelectorAll("button")];
  return held?.name ? same.find((one) => one.name === held.name && one.value === held.value) : null;
}

// What happens beside the queue, as a slip that is being printed, is asked for again.
let waiting;
function soon(part, address) {
  const secs = Number(part.querySelector("[data-soon]")?.dataset.soon);
  clearTimeout(waiting);
  if (secs) waiting = setTimeout(() => refresh(part, address).catch(() => soon(part, address)), secs * 1000);
}

// The words that are read aloud when they are others than before.
const words = (part) => [...part.querySelectorAll("[data-say]")].map((one) => one.textContent).join(" ");

let seen;
async function refresh(part, address) {
  if (document.hidden || isBusy(part)) return soon(part, address);
  const answer = await fetch(address, { headers: { "x-by-itself": "1" } });
  if (answer.redirected) return location.assign(answer.url);
  const drawn = answer.status === 200 ? await answer.text() : seen;
  // What is unchanged is left alone: it may be turning, or be read just now.
  if (drawn === seen || isBusy(part)) return soon(part, address);
  const before = words(part), at = document.activeElement;
  const isFree = part.contains(at) || at === document.body;
  part.innerHTML = seen = drawn;
  if (isFree) (sameAs(at, part) ?? part.querySelector("[autofocus]"))?.focus();
  soon(part, address);
  const now = words(part), say = document.getElementById("say");
  if (say && now !== before) say.textContent = now;
}

const part = document.querySelector("[data-fresh]");

if (part) {
  const again = () => refresh(part, part.dataset.fresh).catch(() => {});
  // The minutes that somebody has waited go on without any event.
  const timer = setInterval(again, 30_000);
  soon(part, part.dataset.fresh);
  // Where nothing of it stands in the queue, no events are named.
  const events = part.dataset.events === "" ? null : new EventSource(part.dataset.events ?? "/desk/calling/events");
  events?.addEventListener("changed", again);
  addEventListener("pagehide", () => { events?.close(); clearInterval(timer); clearTimeout(waiting); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", again);
}
