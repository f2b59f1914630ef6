// What a code made at home says, before it is sealed: the twin of
// src/preregistration/{body,value,compact,cbor}.rs, byte for byte. Runs in the
// resident's browser and asks nobody anything.

// Facts of the applicant by number, for ever.
const FACTS = [
  ["applicant.name", "name"],
  ["applicant.kana", "kana"],
  ["applicant.birth_date", "date"],
  ["applicant.sex", "choice"],
  ["applicant.address", "address"],
  ["applicant.phone", "phone"],
];
// The booking number stands among them, and is no answer.
const BOOKING = 7;
const SEXES = ["male", "female", "not_applicable", "unknown"];

// Two-byte characters: where each range begins and how many it has.
const PAIRS = [
  [0x4e00, 0x5200],
  [0x3000, 0x0100],
  [0xff00, 0x00f0],
  [0x3400, 0x19c0],
  [0xf900, 0x0200],
  [0x00a0, 0x01b0],
  [0x1e00, 0x0100],
];

const BEGIN = Date.UTC(2020, 0, 1);
const ERA_YEARS = [1867, 1911, 1925, 1988, 2018];

/** Minutes since 2020-01-01T00:00Z: the `iat` of a body. */
export function minutes(date = new Date()) {
  return Math.floor((date.getTime() - BEGIN) / 60_000);
}

/**
 * The bytes of a visit.
 *
 * `codebook` is the JSON of the town's codebook. `answers` are those that count,
 * by path, each as `{text}`, `{date}`, `{choice}`, `{choices}`, `{flag}`,
 * `{number}` or `{copies}`; blank words were skipped. Answers to forms that are
 * not chosen, and what a chosen procedure presets, are left out.
 *
 * `booking` is the number of an appointment, nine digits, or null.
 *
 * @param {{hash: string, procedures: object[], forms: object[]}} codebook
 * @param {{procedures: string[], answers: Object<string, object>, iat: number, jti: Uint8Array, revision: number, booking: ?string}} visit
 * @returns {Uint8Array}
 */
export function encode(codebook, { procedures, answers, iat, jti, revision, booking = null }) {
  const facts = [];
  FACTS.forEach(([path, kind], at) => add(facts, at + 1, kind, SEXES, answers[path]));
  if (booking !== null) facts.push([BOOKING, Number(booking)]);
  const bytes = [];
  write(bytes, map([
    [0, 1],
    [1, Uint8Array.from(codebook.hash.match(/../g), (pair) => parseInt(pair, 16))],
    [2, iat],
    [3, jti],
    [4, revision],
    [5, map(facts)],
    [6, chosen(codebook, procedures, answers)],
  ]));
  return Uint8Array.from(bytes);
}

// Each procedure with the answers of its form; what two share goes with the first.
function chosen(codebook, ids, answers) {
  const numbers = ids
    .map((id) => codebook.procedures.findIndex((procedure) => procedure.id === id))
    .filter((number) => number >= 0);
  const preset = new Set(numbers.flatMap((number) => codebook.procedures[number].preset));
  const told = new Set();
  return numbers.map((number) => {
    const { form } = codebook.procedures[number];
    const questions = told.has(form) ? [] : codebook.forms[form].questions;
    told.add(form);
    const own = [];
    questions.forEach(({ path, kind, options = [] }, at) => {
      if (!preset.has(path)) add(own, at, kind, options, answers[path]);
    });
    return [number, steps(own)];
  });
}

// Answers by ascending numbers, as steps from one number to the next and values.
function steps(entries) {
  const items = [];
  let next = 0;
  for (const [number, item] of entries) {
    items.push(number - next + 1, item);
    next = number + 1;
  }
  return items;
}

function add(entries, number, kind, options, answer) {
  const item = answer && value(kind, options, answer);
  if (item !== undefined) entries.push([number, item]);
}

// One answer; `undefined` where it has no such option.
function value(kind, options, answer) {
  const place = (id) => options.indexOf(id);
  if ("text" in answer) {
    if (isBlank(answer.text)) return null;
    return ["phone", "postal", "digits"].includes(kind) ? digits(answer.text) : words(answer.text);
  }
  if ("date" in answer) return date(kind, answer.date);
  if ("choice" in answer) return place(answer.choice) < 0 ? undefined : place(answer.choice);
  if ("flag" in answer) return answer.flag;
  if ("number" in answer) return answer.number;
  if ("choices" in answer) {
    const places = answer.choices.map(place).sort((one, other) => one - other);
    return places.length === 0 ? null : places[0] < 0 ? undefined : places;
  }
  if ("copies" in answer) {
    const counts = Object.entries(answer.copies)
      .filter(([, count]) => count > 0)
      .map(([id, count]) => [place(id), count])
      .sort(([one], [other]) => one - other);
    return counts.length === 0 ? null : counts[0][0] < 0 ? undefined : map(counts);
  }
  return undefined;
}

// Nothing to read: blanks, and what leaves no ink by itself.
function isBlank(text) {
  return /^[\s\p{Default_Ignorable_Code_Point}\u2800\u0085]*$/u.test(text);
}

// `1993-01-01`, `1993-01`, `1993`, or seven digits where only the era tells.
function date(kind, text) {
  const [, era, eraYear, eraMonth] = /^([1-5])(\d\d)(\d\d)\d\d$/.exec(text) ?? [];
  const [year, month, day] = era
    ? [ERA_YEARS[era - 1] + Number(eraYear), Number(eraMonth), 0]
    : text.split("-").map(Number);
  if (kind === "fiscal_year") return year - 2000;
  if (era) return [Number(era), Number(eraYear), month];
  if (day) return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
  return month ? [year, month] : [year];
}

// A text as short as it can be: katakana one byte, other Japanese two.
function words(text) {
  const utf8 = new TextEncoder().encode(text);
  const short = reading(text) ?? pairs(text);
  return short.length < utf8.length ? Uint8Array.from(short) : text;
}

function reading(text) {
  const bytes = [0x00];
  for (const c of text) {
    const code = c.codePointAt(0);
    if (code >= 0x20 && code <= 0x7e) bytes.push(code);
    else if (code >= 0x30a0 && code <= 0x30ff) bytes.push(code - 0x30a0 + 0x80);
    else if (code === 0x3000) bytes.push(0xe0);
    else return null;
  }
  return bytes;
}

function pairs(text) {
  const bytes = [];
  for (const c of text) {
    const code = c.codePointAt(0);
    const pair = pairOf(code);
    if (code >= 0x20 && code <= 0x7e) bytes.push(code);
    else if (pair !== null) bytes.push(0x80 | (pair >> 8), pair & 0xff);
    else bytes.push(0x01, code >> 16, (code >> 8) & 0xff, code & 0xff);
  }
  return bytes;
}

function pairOf(code) {
  let before = 0;
  for (const [first, count] of PAIRS) {
    if (code >= first && code < first + count) return before + code - first;
    before += count;
  }
  return null;
}

// Digits and hyphens as a number in base 11 with a 1 before them.
function digits(text) {
  if (!/^[0-9-]{0,24}$/.test(text)) return text;
  let number = 1n;
  for (const c of text) number = number * 11n + BigInt(c === "-" ? 10 : c);
  const bytes = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 0xffn));
  return Uint8Array.from(bytes);
}

// ---- CBOR: definite lengths, shortest numbers, ascending keys that are numbers.

class Entries {
  constructor(entries) {
    this.entries = entries;
  }
}

function map(entries) {
  return new Entries(entries);
}

function write(bytes, item) {
  if (item === null) bytes.push(0xf6);
  else if (typeof item === "boolean") bytes.push(item ? 0xf5 : 0xf4);
  else if (typeof item === "number") item < 0 ? head(bytes, 1, -1 - item) : head(bytes, 0, item);
  else if (typeof item === "string") {
    const utf8 = new TextEncoder().encode(item);
    head(bytes, 3, utf8.length);
    bytes.push(...utf8);
  } else if (item instanceof Uint8Array) {
    head(bytes, 2, item.length);
    bytes.push(...item);
  } else if (item instanceof Entries) {
    head(bytes, 5, item.entries.length);
    for (const [key, value] of item.entries) {
      head(bytes, 0, key);
      write(bytes, value);
    }
  } else {
    head(bytes, 4, item.length);
    item.forEach((one) => write(bytes, one));
  }
}

function head(bytes, major, number) {
  const first = major << 5;
  if (number < 24) bytes.push(first | number);
  else if (number < 0x100) bytes.push(first | 24, number);
  else if (number < 0x10000) bytes.push(first | 25, number >> 8, number & 0xff);
  else bytes.push(first | 26, number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff);
}
