// What a person entered, read as the value of a question: src/form/input once more.
// Nothing is repaired in silence except what nobody would call a change.

import { contains as holdsPersonalNumber } from "./personal_number.js";
import { ascii, countChars, isBlank as isBlankText, isReading, isRefused, toKatakana, trim } from "./text.js";
import { SKIPPED, copiesOf, defaultOf, inOrder, isBlank, selected } from "./value.js";
import { DateError, ERAS, date as dateOf, dayNumber, inEra, isExact, text, typed, wholeYear } from "./wareki.js";
import { current, offered } from "./years.js";

const COPIES_MAX = 99;
const DIGITS_MAX = 20;
const NUMBER_MAX = 4_294_967_295;
const LONGEST = { name: 60, kana: 80, address: 120 };
const WORDS = ["name", "kana", "address", "text"];

/** Why an entry was not taken; `code` names the sentence, the rest fills it. */
export class Refused extends Error {
  constructor(code, limits = {}) {
    super(code);
    this.code = `input.${code}`;
    this.limits = limits;
  }
}

const refuse = (code, limits) => {
  throw new Refused(code, limits);
};

/** The fields of a page that belong to `question`: pairs of name and entry, as a form has them. */
export function ofFields(question, fields) {
  const own = [];
  const parts = new Map();
  for (const [name, entry] of fields) {
    if (name === question.id) own.push(entry);
    else if (name.startsWith(`${question.id}.`)) parts.set(name.slice(question.id.length + 1), entry);
  }
  if (question.kind === "multi") return { many: own.filter((id) => id !== "") };
  if (question.kind === "copies") return { counts: parts };
  if (question.kind === "date" && parts.has("year")) {
    const part = (name) => parts.get(name) ?? "";
    return { parts: [part("era"), part("year"), part("month"), part("day")] };
  }
  return own.length > 0 ? { one: own.at(-1) } : {};
}

/** The value to keep for a question of a page that was sent. */
export function read(ask, raw, today) {
  const isAbsent = Object.keys(raw).length === 0;
  const given = defaultOf(ask.question);
  if (isAbsent && given !== null) return given;
  const entered = value(ask.question, raw, today);
  if (entered !== null) {
    const ids = ask.options.map((option) => option.id);
    const optioned = ["choice", "multi", "copies"].includes(ask.question.kind);
    if (optioned && !selected(entered).every((id) => ids.includes(id))) refuse("not_an_option");
    const years = ask.question.years;
    if (years && "date" in entered && !offered(ask, today).includes(typed(entered.date).year)) refuse("not_an_option");
    if (!isBlank(entered)) return entered;
  }
  return ask.required ? refuse("required") : SKIPPED;
}

/** The value by the question's kind alone; null when nothing was entered. */
function value(question, raw, today) {
  if ("many" in raw) return raw.many.length === 0 ? null : choices(question, raw.many);
  if ("counts" in raw) return copies(question, raw.counts);
  if ("parts" in raw) {
    if (raw.parts.slice(1).every((part) => trim(part) === "")) return null;
    return dayThatMakesSense(ofParts(raw.parts), question.days, today);
  }
  if (!("one" in raw) || trim(raw.one) === "") return null;
  return one(question, trim(raw.one), today);
}

function one(question, entry, today) {
  switch (question.kind) {
    case "phone":
      return { text: phone(entry) };
    case "postal":
      return { text: postal(entry) };
    case "digits":
      return { text: digits(entry, question.digits ?? [1, DIGITS_MAX]) };
    case "fiscal_year":
      return fiscalYear(entry, today);
    case "date":
      return dayThatMakesSense(reading(() => typed(entry)), question.days, today);
    case "choice":
      option(question, entry);
      return { choice: entry };
    case "flag":
      return ["yes", "no"].includes(entry) ? { flag: entry === "yes" } : refuse("not_an_option");
    case "number":
      return { number: number(entry, question.range ?? [0, NUMBER_MAX]) };
    default:
      return WORDS.includes(question.kind) ? words(question, entry) : refuse("wrong_kind");
  }
}

function words(question, entry) {
  const text = question.kind === "kana" ? toKatakana(entry) : entry;
  if (question.kind === "kana" && !isReading(text)) refuse("not_katakana");
  plainWords(text);
  const max = question.max_chars ?? LONGEST[question.kind] ?? 200;
  if (countChars(text) > max) refuse("too_long", { max });
  return isBlankText(text) ? null : { text };
}

/** Refuses what no words may hold. */
function plainWords(text) {
  if (isRefused(text)) refuse("control_character");
  if (holdsPersonalNumber(text)) refuse("personal_number");
}

const option = (question, id) =>
  (question.options ?? []).some((option) => option.id === id) || refuse("not_an_option");

function choices(question, ids) {
  ids.forEach((id) => option(question, id));
  return { choices: inOrder(new Set(ids)) };
}

function copies(question, counts) {
  const wanted = [];
  for (const id of inOrder(counts.keys())) {
    option(question, id);
    const entry = trim(counts.get(id));
    const count = entry === "" ? 0 : number(entry, [0, COPIES_MAX]);
    if (count > 0) wanted.push([id, count]);
  }
  return wanted.length > 0 ? { copies: copiesOf(wanted) } : null;
}

function number(entry, [min, max]) {
  const read = ascii(entry);
  if (!/^\+?\d+$/.test(read) || BigInt(read.replace("+", "")) >= 1n << 64n) refuse("not_a_number");
  const count = Number(read);
  return count >= min && count <= max ? count : refuse("out_of_range", { min, max });
}

/** National numbers; hyphens stay where they were typed. */
function phone(entry) {
  const groups = ascii(entry).replace(/[() 　（）]/g, "-").split("-");
  const phone = groups.filter((group) => group !== "").join("-");
  return /^0\d{9,10}$/.test(phone.replaceAll("-", "")) ? phone : refuse("not_a_phone");
}

function digits(entry, [min, max]) {
  const digits = ascii(entry).replace(/[- 　]/g, "");
  plainWords(digits);
  const fits = /^\d+$/.test(digits) && digits.length >= min && digits.length <= max;
  return fits ? digits : refuse("wrong_digits", { min, max });
}

function postal(entry) {
  const digits = trim(ascii(entry).replace(/^〒+/, "")).replace("-", "");
  return /^\d{7}$/.test(digits) ? digits : refuse("not_a_postal_code");
}

function reading(read) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DateError)) throw error;
    return refuse(error.why === "form" ? "not_a_date" : "no_such_day");
  }
}

/** A whole number as the counter reads one: a sign may stand before it. */
const whole = (text, pattern) => (pattern.test(text) ? Number(text) : null);

function part(entry) {
  const read = ascii(trim(entry));
  if (read === "") return null;
  const part = whole(read, /^\+?\d+$/);
  return part !== null && part <= 255 ? part : refuse("not_a_date");
}

function ofParts([eraId, yearEntry, monthEntry, dayEntry]) {
  const year = ascii(trim(yearEntry)).replaceAll("元", "1");
  const [month, day] = [part(monthEntry), part(dayEntry)];
  const era = ERAS.find((era) => era.id === eraId);
  if (era) {
    const read = whole(year, /^\+?\d+$/);
    if (read === null || read < 1 || read > 255) refuse("not_a_date");
    return reading(() => inEra(era, read, month, day));
  }
  if (!["", "western"].includes(eraId)) refuse("not_an_option");
  const read = whole(year, /^[+-]?\d+$/);
  if (read === null || read > 2_147_483_647 || read < -2_147_483_648) refuse("not_a_date");
  return reading(() => dateOf(read, month, day));
}

function fiscalYear(entry, today) {
  const read = whole(ascii(entry), /^[+-]?\d+$/);
  if (read === null || read > 2_147_483_647 || read < -2_147_483_648) refuse("not_a_date");
  const year = reading(() => wholeYear(read));
  return year.year <= current(today) ? { date: text(year) } : refuse("future_day");
}

/** Births may lack their day; a day that something happened or will happen on is known. */
function dayThatMakesSense(date, days, today) {
  if (days === undefined) return { date: text(date) };
  if (!isExact(date)) {
    const later =
      date.month === null
        ? date.year > today.year
        : date.year > today.year || (date.year === today.year && date.month > today.month);
    if (days !== "past") refuse("day_needed");
    return later ? refuse("future_day") : { date: text(date) };
  }
  const ahead = dayNumber(date.year, date.month, date.day) - dayNumber(today.year, today.month, today.day);
  if (["past", "happened"].includes(days) && ahead > 0) refuse("future_day");
  if (days === "future" && ahead < 0) refuse("past_day");
  if (days === "near" && ahead > 366) refuse("far_day");
  return { date: text(date) };
}
