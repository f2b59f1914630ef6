// A code to pay by goes from the screen when its time is over. The hours of this machine
// need not be right: it counts.
const code = document.querySelector("[data-expires]");
if (code) setTimeout(() => location.replace("?expired=1"), Number(code.dataset.expires) * 1000);
