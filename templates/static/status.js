// Keeps a page on a telephone fresh, and says loudly when the number is called. Written
// for browsers of long ago; where it does not run at all, the page comes anew by itself.
(function () {
  "use strict";
  var place = document.getElementById("now"), stale = document.getElementById("stale");
  var tell = document.getElementById("tell"), telling = document.getElementById("telling");
  var say = document.getElementById("say"), sentence = "";
  var title = document.title, failed = 0, shown = "", timer, audio, wake;

  function state() {
    var mine = place.querySelector("[data-state]");
    return mine ? mine.getAttribute("data-state") : "";
  }

  // When it was called last: a second call is one, too.
  function lastCall() {
    var mine = place.querySelector("[data-call]");
    return mine ? mine.getAttribute("data-call") : "";
  }

  // Nothing moves under a finger, unless something happened to the number.
  function isBusy() {
    var at = document.activeElement;
    return place.querySelector("details[open], :active") || (at && at !== document.body && place.contains(at));
  }

  function show(drawn) {
    if (drawn === shown) return;
    var next = document.createElement("div");
    next.innerHTML = drawn;
    var mine = next.querySelector("[data-state]"), same = mine && mine.getAttribute("data-state") === state();
    if (same && isBusy()) return;
    place.innerHTML = shown = drawn;
    speak();
  }

  function fetchNow() {
    var ask = new XMLHttpRequest(), before = lastCall();
    ask.open("GET", document.body.getAttribute("data-now"));
    ask.timeout = 15000;
    ask.onload = function () {
      if (ask.status !== 200) return fail();
      failed = 0;
      stale.hidden = true;
      show(ask.responseText);
      if (lastCall() && lastCall() !== before) call();
      if (state() !== "called") document.title = title;
      settle();
      again();
    };
    ask.onerror = ask.ontimeout = fail;
    ask.send();
  }

  // What changed for its holder is read aloud, and nothing else.
  function speak() {
    var found = place.querySelector(".sentence"), now = found ? found.textContent : "";
    if (sentence && now !== sentence) say.textContent = now;
    sentence = now;
  }

  function fail() {
    failed += 1;
    stale.hidden = failed < 3;
    again();
  }

  function isOver() {
    return /^(done|cancelled|expired)$/.test(state());
  }

  // What is over may be taken back: it is asked for still, but seldom.
  function again() {
    clearTimeout(timer);
    timer = setTimeout(fetchNow, Number(document.body.getAttribute("data-secs")) * (isOver() ? 6000 : 1000));
  }

  function settle() {
    if (tell) tell.hidden = isOver() || !!audio;
    if (telling) telling.hidden = isOver() || !audio;
    if (!isOver() || !wake) return;
    wake.release();
    wake = null;
  }

  function call() {
    document.title = "● " + title;
    window.scrollTo(0, 0);
    if (navigator.vibrate) navigator.vibrate([500, 200, 500, 200, 1000]);
    if (!audio) return;
    for (var n = 0; n < 3; n += 1) { tone(n * 1.2, 880); tone(n * 1.2 + 0.45, 660); }
  }

  function tone(after, pitch) {
    var sound = audio.createOscillator(), loudness = audio.createGain(), at = audio.currentTime + after;
    sound.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.5, at);
    loudness.gain.linearRampToValueAtTime(0, at + 0.5);
    sound.connect(loudness);
    loudness.connect(audio.destination);
    sound.start(at);
    sound.stop(at + 0.5);
  }

  // No page may sound, vibrate or keep the screen on before somebody touched it.
  function allow() {
    var Audio = window.AudioContext || window.webkitAudioContext;
    if (Audio) { audio = new Audio(); tone(0, 880); }
    if (navigator.vibrate) navigator.vibrate(200);
    keepAwake();
    settle();
  }

  function keepAwake() {
    if (!navigator.wakeLock) return;
    navigator.wakeLock.request("screen").then(function (lock) { wake = lock; }, function () {});
  }

  if (tell) tell.onclick = allow;
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return;
    if (audio && !isOver()) keepAwake();
    clearTimeout(timer);
    fetchNow();
  });
  speak();
  settle();
  if (state() === "called") call();
  again();
})();
