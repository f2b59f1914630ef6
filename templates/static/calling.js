// Keeps the calling page fresh. Without this script every button works the same,
// and the page is as fresh as its last reload.

const queue = document.getElementById("queue");
let events;

// A list that is open, or a reason being chosen, is not taken from under the hand.
function isBusy() {
  const at = document.activeElement;
  return queue.querySelector("details[open]") || (queue.contains(at) && at.matches("select, input"));
}

async function refresh() {
  if (document.hidden || isBusy()) return;
  const answer = await fetch("/desk/calling/queue", { headers: { "x-by-itself": "1" } });
  if (answer.redirected) return location.assign(answer.url);
  if (answer.status !== 200) return;
  const held = document.activeElement?.accessKey;
  queue.innerHTML = await answer.text();
  if (held) queue.querySelector(`[accesskey="${held}"]`)?.focus();
}

function listen() {
  events = new EventSource("/desk/calling/events");
  events.addEventListener("changed", () => refresh().catch(() => {}));
}

if (queue) {
  // The minutes that somebody has waited go on without any event.
  const timer = setInterval(() => refresh().catch(() => {}), 30_000);
  listen();
  addEventListener("pagehide", () => { events.close(); clearInterval(timer); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
}
