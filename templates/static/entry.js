// Small helps for entries; every page works without them.

// − and ＋ beside a number.
for (const stepper of document.querySelectorAll(".stepper")) {
  const box = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = (Number(box.value) || 0) + Number(button.dataset.step);
      box.value = String(Math.min(Number(box.max), Math.max(Number(box.min), next)));
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

// Two procedures of one form cannot be chosen together: the newer choice wins.
const offers = [...document.querySelectorAll("[data-form]")];
for (const offer of offers) {
  offer.addEventListener("change", () => {
    if (!offer.checked) return;
    for (const other of offers) {
      if (other !== offer && other.dataset.form === offer.dataset.form) other.checked = false;
    }
  });
}

// The first entry with a fault is where the hand should go.
document.querySelector(".entry.wrong input")?.focus();
for (const link of document.querySelectorAll(".wrong-entries a")) {
  link.addEventListener("click", () => {
    const entry = document.getElementById(link.hash.slice(1));
    (entry.matches("input") ? entry : entry.querySelector("input")).focus();
  });
}

// The reader says when the card has been taken away.
const notice = document.querySelector(".notice-band[data-state]");
if (notice) {
  const timer = setInterval(async () => {
    const answer = await fetch(notice.dataset.state, { cache: "no-store" }).catch(() => null);
    if (answer && (await answer.json()).card === null) {
      notice.hidden = true;
      clearInterval(timer);
    }
  }, 800);
  addEventListener("pagehide", () => clearInterval(timer));
}
