// The display: boards come over a stream, announcements wait in a queue of their
// own. Each is shown and sounded in full before the next begins, however many come at
// once; one that was old when it came is shown on the board only.

const shownFor = 5_000, tooOld = 30_000, deadAfter = 30_000, againAfter = 60_000, slack = 2_000;
const words = document.body.dataset;
const $ = (id) => document.getElementById(id);
const waiting = [];
let shown, said = null, skew = -Infinity, heard = Date.now(), tried = heard, seenAt = heard, events, speaking = false, audio, voice, voiceless = false;

const element = (name, text, kind) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
};

function row(call) {
  const item = document.createElement("li");
  item.dataset.ticket = call.ticket;
  item.append(element("span", call.ticket, "number"), element("span", call.counter, "counter"));
  return item;
}

function show({ board, arriving, ends }) {
  $("called").replaceChildren(...board.called.map(row));
  $("nobody").hidden = board.called.length > 0;
  $("last").replaceChildren(...board.last.map(row));
  for (const lane of board.lanes) {
    const place = document.querySelector(`[data-lane="${CSS.escape(lane.lane)}"]`);
    if (!place) continue;
    const window = arriving.find((one) => one.lane === lane.lane);
    place.querySelector(".people").textContent = words.people.replace("{count}", lane.waiting);
    place.querySelector(".arriving b").textContent = window ? times(window) : nobodyCalls(ends, lane.lane);
  }
  fit();
}

// Before its day's end a lane's counters may still open. The end of a day that is over
// says nothing of this one.
function nobodyCalls(ends, lane) {
  const end = ends.find((one) => one.lane === lane), now = new Date(Date.now() + skew);
  if (!end) return words.closed;
  const at = new Date(end.at);
  return at <= now && date(at) === date(now) ? words.over : words.closed;
}

// As large as they may be with nothing below the edge of the screen.
function fit() {
  for (const closeness of [null, "close", "closer"]) {
    if (closeness) words.lanes = closeness;
    else delete words.lanes;
    if (document.documentElement.scrollHeight <= innerHeight) return;
  }
}
addEventListener("resize", fit);

const times = ({ from, to }) => (from ? words.between : words.by).replace("{from}", from).replace("{to}", to);

let board = { called: [], last: [] };
const age = (call) => Date.now() + skew - Date.parse(call.at);

function announce(newest) {
  board = newest;
  const calls = [...board.called, ...board.last].sort((one, next) => one.seq - next.seq);
  // What was called before this page was there is not said again.
  const fresh = said === null ? [] : calls.filter((call) => call.seq > said && age(call) <= tooOld);
  // A server that was brought back from an older copy counts on from there.
  said = board.seq;
  waiting.push(...fresh);
  if (!speaking) next();
}

// Whether somebody may still be coming for a call: it was not taken back or made anew,
// and whoever it is for has not been at the counter for long.
function isMeant(call) {
  const has = (calls) => calls.some((one) => one.seq === call.seq);
  return has(board.called) || (has(board.last) && age(call) <= tooOld);
}

async function next() {
  const call = waiting.shift(), goesOn = speaking;
  speaking = Boolean(call);
  if (!call) return ($("announcement").hidden = true);
  if (!isMeant(call)) return next();
  const box = $("announcement");
  // Where one is called after the other, the board stays to be seen beside them.
  box.classList.toggle("beside", goesOn || waiting.length > 0);
  box.querySelector(".number").textContent = call.ticket;
  box.querySelector(".to").textContent = words.heading.replace("{counter}", call.counter);
  box.hidden = false;
  // A sound that fails holds up nobody.
  await Promise.all([pause(shownFor), sounded(call).catch(() => {})]);
  next();
}

const pause = (time) => new Promise((over) => setTimeout(over, time));

// The chime, and what is said after it where there is a voice.
async function sounded(call) {
  if (audio?.state !== "running") return;
  const chimed = chime();
  if (!voice || !call.clips.length) return;
  // Where others wait to be called, it is said in the town's first language only.
  const language = call.clips[0].split("/")[0] + "/";
  const clips = waiting.length < 2 ? call.clips : call.clips.filter((clip) => clip.startsWith(language));
  const speech = await voice.say(audio, clips, chimed);
  // The sound's own time lags behind where the machine is busy, and may stand still:
  // what has not been said by then is never said.
  const latest = Date.now() + (speech.ends - audio.currentTime) * 1_000 + slack;
  while (audio.currentTime < speech.ends && Date.now() < latest) await pause(100);
  speech.hush();
}

// Two tones, made here: no file, no network. Gives when they are over.
function chime() {
  for (const [at, pitch] of [[0, 880], [0.45, 660]]) {
    const tone = audio.createOscillator(), loudness = audio.createGain();
    const from = audio.currentTime + at;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, from);
    loudness.gain.exponentialRampToValueAtTime(0.4, from + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.9);
    tone.connect(loudness).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 1);
  }
  return audio.currentTime + 1.45;
}

async function learnToSpeak() {
  const languages = [...document.querySelectorAll("template[data-language]")];
  if (!languages.length) return;
  try {
    const learned = await import(words.voice);
    await learned.load(languages.map((one) => one.dataset));
    voice = learned;
    voiceless = false;
    tellStaff();
  } catch {
    voiceless = true;
    tellStaff();
    setTimeout(learnToSpeak, againAfter);
  }
}

// Browsers let no page sound before somebody touched it; the badge says so.
function sound() {
  audio ??= new AudioContext();
  audio.resume().catch(() => {});
  audio.onstatechange = mark;
  mark();
}
function mark() {
  $("sound").hidden = audio?.state === "running";
  tellStaff();
}

// Staff see at their desks what this display sounds like. Whoever hears nothing of the
// queue any more says nothing, too: it shows what is old.
let telling = false, tellAgain = false;
async function tellStaff() {
  tellAgain = true;
  // One after the other: the last one told is how it is now.
  if (telling) return;
  telling = true;
  while (tellAgain) {
    tellAgain = false;
    if (Date.now() - heard < deadAfter) {
      const body = new URLSearchParams({ sound: soundNow() });
      await fetch("/display/heard", { method: "POST", body }).catch(() => {});
    }
  }
  telling = false;
}
function soundNow() {
  if ("silent" in words) return "silent";
  if (audio?.state !== "running") return "off";
  return voiceless ? "chime_only" : "on";
}
setInterval(tellStaff, words.saysSecs * 1_000);

// Nothing comes over a line before its time: what lay in it for a while bears an old one.
function listen() {
  events?.close();
  tried = Date.now();
  events = new EventSource("/display/events");
  events.addEventListener("open", () => { skew = -Infinity; });
  events.addEventListener("board", (event) => {
    const told = JSON.parse(event.data);
    skew = Math.max(skew, Date.parse(told.now) - Date.now());
    alive(told.blind_since);
    shown = told;
    show(told);
    announce(told.board);
  });
  events.addEventListener("beat", (event) => alive(event.data === "blind" && (blind ?? seenAt + skew)));
}

const date = (moment) => moment.toLocaleDateString("ja-JP", { timeZone: "Asia/Tokyo" });

// The office's time, wherever the display thinks it is.
const clock = (moment) => moment.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });

// The server is there; since when it cannot see the queue itself, if it cannot.
let blind = null;
function alive(since) {
  heard = Date.now();
  blind = since ? new Date(since) : null;
  if (!since) seenAt = heard;
  showAge();
}

function showAge() {
  const old = Date.now() - heard < deadAfter ? blind : blind ?? new Date(seenAt + skew);
  $("stale").hidden = !old;
  if (old) $("stale").textContent = words.stale.replace("{time}", clock(old));
}

// How far this machine's clock is ahead of its sense of time. It changes when the clock
// is set, and when the machine slept: then what is in the line is not to be trusted.
const drift = () => Date.now() - performance.now();
let drifted = drift();

setInterval(() => {
  const time = Number.isFinite(skew) && clock(new Date(Date.now() + skew));
  if (time && $("clock").textContent !== time) {
    $("clock").textContent = time;
    // A day ends without anybody's doing.
    show(shown);
  }
  showAge();
  const isSet = Math.abs(drift() - drifted) > slack;
  drifted = drift();
  // The browser does not notice a line that died silently.
  if (isSet || Date.now() - Math.max(heard, tried) > 2 * deadAfter) listen();
}, 1_000);

$("sound").addEventListener("click", sound);
addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
listen();
// A town may want no sound: then none is missing.
if ("silent" in words) tellStaff();
else {
  sound();
  learnToSpeak();
}
