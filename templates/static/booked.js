// Whoever goes on from a booking to the page that prepares forms takes the number along:
// within this browser, until that page has read it. No address tells it.
document.getElementById("prepare")?.addEventListener("click", ({ currentTarget }) => {
  try {
    sessionStorage.setItem("madoguchi.booking", currentTarget.dataset.booking);
  } catch {
    // A browser that keeps nothing: the number is typed there.
  }
});
