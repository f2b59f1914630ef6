// Nobody touches the screen: ask, then erase. Any touch, key or pointer counts.
// A page taken back from history may show the last resident: load it anew.
document.documentElement.classList.add("script");
addEventListener("pageshow", (shown) => {
  if (shown.persisted) location.reload();
});

const body = document.body;
const asked = document.getElementById("idle");
if (asked && "visiting" in body.dataset) {
  const idle = Number(body.dataset.idleSecs);
  const warning = Number(body.dataset.warningSecs);
  const left = document.getElementById("idle-secs");
  let touched = Date.now();
  const touch = () => {
    touched = Date.now();
    if (asked.open) asked.close();
  };
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, touch, { passive: true });
  document.getElementById("idle-stay").addEventListener("click", touch);
  setInterval(() => {
    const quiet = (Date.now() - touched) / 1000;
    if (quiet >= idle + warning) {
      document.getElementById("end").form.requestSubmit();
    } else if (quiet >= idle) {
      left.textContent = String(Math.ceil(idle + warning - quiet));
      if (!asked.open) asked.showModal();
    }
  }, 500);
}
