// Keeps the list of today's visits fresh while nobody searches. Without this
// script the page is the same and is reloaded by hand.

const list = document.getElementById("list");
const every = 10_000;

async function refresh() {
  if (document.hidden || list.contains(document.activeElement)) return;
  // Says that nobody asked: an idle desk signs itself out all the same.
  const answer = await fetch("/desk/today", { headers: { "x-by-itself": "1" } });
  if (answer.redirected) {
    location.assign(answer.url);
  } else if (answer.ok) {
    list.innerHTML = await answer.text();
  }
}

if (list?.dataset.refresh === "true") {
  let timer = setInterval(() => refresh().catch(() => {}), every);
  addEventListener("pagehide", () => clearInterval(timer));
  addEventListener("pageshow", (event) => {
    if (event.persisted) timer = setInterval(() => refresh().catch(() => {}), every);
  });
}
