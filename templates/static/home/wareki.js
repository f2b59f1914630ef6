// Days in the Japanese calendar, perhaps with an unknown part: the rules of the
// counter (src/wareki.rs) once more. A date is { year, month, day, era }; what is not
// known is null, and the era is kept only where the rest does not say it.

export const ERAS = [
  { id: "meiji", kanji: "明治", roman: "Meiji", code: 1, first: [1873, 1, 1], firstYear: 1868 },
  { id: "taisho", kanji: "大正", roman: "Taisho", code: 2, first: [1912, 7, 30], firstYear: 1912 },
  { id: "showa", kanji: "昭和", roman: "Showa", code: 3, first: [1926, 12, 25], firstYear: 1926 },
  { id: "heisei", kanji: "平成", roman: "Heisei", code: 4, first: [1989, 1, 8], firstYear: 1989 },
  { id: "reiwa", kanji: "令和", roman: "Reiwa", code: 5, first: [2019, 5, 1], firstYear: 2019 },
];

const YEAR_MIN = 1873;
const YEAR_MAX = 2200;

/** Why a date was not taken: "form", "no_such_day" or "too_old". */
export class DateError extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** Days since 1970-01-01. */
export const dayNumber = (year, month, day) => Date.UTC(year, month - 1, day) / 86_400_000;

const lengthOf = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The day `days` after 1970-01-01. */
export function ofNumber(days) {
  const day = new Date(days * 86_400_000);
  return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate(), era: null };
}

/** Today in Japan, wherever the phone thinks it is. */
export const today = (now = Date.now()) => ofNumber(Math.floor((now + 9 * 3_600_000) / 86_400_000));

/** A date with what is known of it. */
export function date(year, month = null, day = null) {
  if (year >= 0 && year < YEAR_MIN) throw new DateError("too_old");
  if (!(year >= YEAR_MIN && year <= YEAR_MAX)) throw new DateError("no_such_day");
  if (month === null && day !== null) throw new DateError("no_such_day");
  if (month !== null) {
    if (month < 1 || month > 12) throw new DateError("no_such_day");
    if (day !== null && (day < 1 || day > lengthOf(year, month))) throw new DateError("no_such_day");
  }
  return { year, month, day, era: null };
}

/** A date written in `era`, which is kept where the date may lie in two. */
export function inEra(era, year, month = null, day = null) {
  const read = date(era.firstYear + year - 1, month, day);
  const [first, last] = bounds(read);
  const kept = first.era !== last.era && [first.era, last.era].includes(era);
  return kept ? { ...read, era: era.id } : read;
}

/** A year as a whole, called by the era it ends in. */
export function wholeYear(year) {
  const { era, year: yearOfEra } = latestEraYear(date(year));
  return inEra(era, yearOfEra);
}

function wareki(year, month, day) {
  const at = dayNumber(year, month, day);
  const era = ERAS.findLast((era) => dayNumber(...era.first) <= at);
  return { era, year: year - era.firstYear + 1 };
}

/** The first and the last day the date may be. */
function bounds({ year, month, day }) {
  const lastMonth = month ?? 12;
  return [wareki(year, month ?? 1, day ?? 1), wareki(year, lastMonth, day ?? lengthOf(year, lastMonth))];
}

/** The era and the year within it; null in a year of two eras when neither day nor era is known. */
export function eraYear(date) {
  const [first, last] = bounds(date);
  const era = first.era === last.era ? first.era : ERAS.find((era) => era.id === date.era);
  if (!era) return null;
  return era === last.era ? last : first;
}

/** What a year as a whole is called by. */
export const latestEraYear = (date) => bounds(date)[1];

/** The whole date, if all of it is known. */
export const isExact = (date) => date.month !== null && date.day !== null;

const yearText = (year) => (year === 1 ? "元" : String(year));

function monthAndDay({ month, day }) {
  if (month === null) return "月日不詳";
  return day === null ? `${month}月 日不詳` : `${month}月${day}日`;
}

/** `平成5年1月1日`. */
export function japanese(date) {
  const at = eraYear(date);
  if (!at) return `西暦${date.year}年${monthAndDay(date)}`;
  return `${at.era.kanji}${yearText(at.year)}年${monthAndDay(date)}`;
}

const padded = (number, length = 2) => String(number).padStart(length, "0");

/** How answers keep it: `1993-01-01`, `1993-01`, `1993`, or seven digits with the era. */
export function text(date) {
  const at = date.era === null ? null : eraYear(date);
  if (at) return `${at.era.code}${padded(at.year)}${padded(date.month ?? 0)}00`;
  const parts = [padded(date.year, 4)];
  if (date.month !== null) parts.push(padded(date.month));
  if (date.day !== null) parts.push(padded(date.day));
  return parts.join("-");
}

/** Reads seven digits (4050101), eight digits (19930101) or ISO 8601. */
export function typed(entry) {
  const read = entry.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  if (/^\d{7}$/.test(read)) return ofSeven(read);
  if (/^\d{8}$/.test(read)) return date(Number(read.slice(0, 4)), ...twoParts(read.slice(4)));
  const iso = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(read);
  if (!iso) throw new DateError("form");
  const part = (digits) => (digits === undefined ? null : Number(digits));
  return date(Number(iso[1]), part(iso[2]), part(iso[3]));
}

function ofSeven(digits) {
  const era = ERAS.find((era) => era.code === Number(digits[0]));
  const year = Number(digits.slice(1, 3));
  if (!era || year === 0) throw new DateError("no_such_day");
  return inEra(era, year, ...twoParts(digits.slice(3)));
}

/** Month and day of four digits; `00` stands for unknown. */
const twoParts = (digits) => [digits.slice(0, 2), digits.slice(2)].map((part) => Number(part) || null);
