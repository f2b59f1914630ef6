// What the desk does besides plain pages. Without this script every page works
// the same: the list is reloaded by hand, and old words are deleted by hand.

// A value that is open for correction is typed anew more often than mended.
document.querySelector(".answer.open input[autofocus], #find")?.select?.();

// Keeps the list of today's visits fresh while nobody searches.
const list = document.getElementById("list");
const every = 10_000;
let shown, seen = "";

async function refresh() {
  if (document.hidden || list.contains(document.activeElement)) return;
  // Says that nobody asked: an idle desk signs itself out all the same.
  const answer = await fetch("/desk/today", { headers: { "x-by-itself": "1", "x-seen": seen } });
  if (answer.redirected) {
    location.assign(answer.url);
  } else if (answer.status === 200) {
    seen = answer.headers.get("x-seen") ?? "";
    const fresh = await answer.text();
    // Unchanged words are left alone: a screen reader would say them again.
    if (fresh !== shown) list.innerHTML = shown = fresh;
  }
}

if (list?.dataset.refresh === "true") {
  let timer = setInterval(() => refresh().catch(() => {}), every);
  addEventListener("pagehide", () => clearInterval(timer));
  addEventListener("pageshow", (event) => {
    if (event.persisted) timer = setInterval(() => refresh().catch(() => {}), every);
  });
}
