// The fiscal years a question offers, and their words: src/form/template/years.rs once more.

import { date, dayNumber, latestEraYear } from "./wareki.js";

/** The fiscal year in course, by the calendar year it begins in. */
export const current = (today) => today.year - (today.month < 4 ? 1 : 0);

/** The years offered, newest first; those that were chosen elsewhere are not. */
export const offered = ({ question, taken }, today) =>
  Array.from({ length: question.years.count }, (_, back) => current(today) - back).filter((year) => !taken.includes(year));

/** The year most people mean, or null: the newest whose papers can be had. */
export function likely(years, today) {
  if (!years.chosen) return null;
  const newest = current(today);
  return isReady(years, newest, today) || years.count < 2 ? newest : newest - 1;
}

/** The year's words, with a note while its papers cannot be had. */
export function choice(years, year, today, lang) {
  const note = years.ready && !isReady(years, year, today) ? years.ready.note[lang] : "";
  return words(years, year, lang) + note;
}

/** The year's words. */
export function words(years, year, lang) {
  return years.label[lang]
    .replaceAll("{wareki}", wareki(year))
    .replaceAll("{wareki-1}", wareki(year - 1))
    .replaceAll("{year}", String(year))
    .replaceAll("{year-1}", String(year - 1));
}

function isReady(years, year, today) {
  if (!years.ready) return true;
  const [month, day] = years.ready.from.split("-").map(Number);
  const first = dayNumber(year + (month < 4 ? 1 : 0), month, day);
  return dayNumber(today.year, today.month, today.day) >= first;
}

function wareki(year) {
  const { era, year: yearOfEra } = latestEraYear(date(year));
  return `${era.kanji}${yearOfEra === 1 ? "元" : yearOfEra}`;
}
