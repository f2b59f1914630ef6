// Values of answers, as the counter writes them in JSON: { text }, { date }, { choice },
// { choices }, { flag }, { number }, { copies }. Answers are a Map from path to
// { value, source }.

import { isBlank as isBlankText } from "./text.js";

/** Asked and left empty: counts as answered, so that it is not asked again. */
export const SKIPPED = { text: "" };

/** Text in order of its characters, as the counter orders ids and paths. */
export const inOrder = (texts) => [...texts].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));

/** Whether there is nothing in it. */
export function isBlank(value) {
  if ("text" in value) return isBlankText(value.text);
  if ("copies" in value) return Object.values(value.copies).every((copies) => copies === 0);
  if ("choices" in value) return value.choices.length === 0;
  return false;
}

/** The option ids it selects. */
export function selected(value) {
  if ("choice" in value) return [value.choice];
  if ("choices" in value) return value.choices;
  if ("flag" in value) return [value.flag ? "yes" : "no"];
  if ("copies" in value) return Object.keys(value.copies);
  return [];
}

/** What `at_least` and prices count: a number itself, the options chosen, all copies together. */
export function count(value) {
  if ("number" in value) return value.number;
  if ("copies" in value) return Object.values(value.copies).reduce((sum, copies) => sum + copies, 0);
  return "choices" in value ? value.choices.length : 0;
}

/** Whether a condition holds of what stands under its path; without a value none does. */
export function holds(condition, value) {
  if (!value) return false;
  const chosen = selected(value);
  const anyOf = (ids) => ids.some((id) => chosen.includes(id));
  const is = condition.is ?? [];
  return (
    (is.length === 0 || anyOf(is)) &&
    !anyOf(condition.is_not ?? []) &&
    (condition.at_least === undefined || count(value) >= condition.at_least)
  );
}

/** Whether two values say the same. */
export const same = (one, other) => written(one) === written(other);

function written(value) {
  if (!value || !("copies" in value)) return JSON.stringify(value);
  return JSON.stringify(inOrder(Object.keys(value.copies)).map((id) => [id, value.copies[id]]));
}

/** Copies by id, in order of id. */
export const copiesOf = (entries) =>
  Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));

const WORDS = ["name", "kana", "address", "text", "phone", "postal", "digits"];

/** The value as far as it is of the question's kind and chooses only from what is offered. */
export function fitting(value, kind, offered) {
  const isOffered = (id) => offered.some((option) => option.id === id);
  if (value.text === "") return SKIPPED;
  if ("text" in value) return WORDS.includes(kind) ? value : null;
  if ("date" in value) return ["date", "fiscal_year"].includes(kind) ? value : null;
  if ("flag" in value) return kind === "flag" ? value : null;
  if ("number" in value) return kind === "number" ? value : null;
  if ("choice" in value) return kind === "choice" && isOffered(value.choice) ? value : null;
  if ("choices" in value) return kind === "multi" && value.choices.every(isOffered) ? value : null;
  // Some of the copies would be another request: it is asked again.
  const wanted = Object.entries(value.copies).filter(([, copies]) => copies > 0);
  return kind === "copies" && wanted.every(([id]) => isOffered(id)) ? { copies: copiesOf(wanted) } : null;
}

/** The question's default as a value; null without one. */
export function defaultOf(question) {
  const given = question.default;
  if (given === undefined) return null;
  switch (question.kind) {
    case "choice":
      return { choice: given };
    case "multi":
      return { choices: [given] };
    case "copies":
      return { copies: { [given]: 1 } };
    case "flag":
      return { flag: given === "yes" };
    case "number":
      return { number: Number(given) };
    default:
      return null;
  }
}
