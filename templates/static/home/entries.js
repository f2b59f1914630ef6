// Questions on the screen: what stands in their boxes, and what is wrong. The same
// boxes, names and likely values as at the kiosk (src/web/entry.rs).

import { h } from "./element.js";
import { prefill } from "./form.js";
import { selected } from "./value.js";
import { ERAS, eraYear, typed } from "./wareki.js";
import { choice, likely, offered } from "./years.js";

const BOXES = { choice: picks, fiscal_year: picks, multi: picks, flag: picks, copies, date, number };
const NEAR_TODAY = ["happened", "near", "future"];
// What a phone may fill in by itself (WCAG 1.3.5).
const FILLED_BY_PHONE = { "applicant.name": "name", "applicant.phone": "tel" };

/** The entry of one question. `fields` are what was entered before, if anything was. */
export function entry(ask, { fields, error, today, words }) {
  const shown = fields ? ofFields(ask, fields) : ofValue(ask, today, words);
  return (BOXES[ask.question.kind] ?? line)(ask, { shown, error, today, words });
}

/** The sentence for a refusal. */
export const sentence = (refused, words) => words.with(refused.code, refused.limits);

function ofFields(ask, fields) {
  const all = (name) => fields.filter(([field]) => field === name).map(([, entered]) => entered);
  const of = (name) => all(name).at(-1) ?? "";
  const part = (name) => of(`${ask.path}.${name}`);
  return {
    text: of(ask.path),
    chosen: all(ask.path),
    date: { era: part("era"), year: part("year"), month: part("month"), day: part("day") },
    copies: part,
  };
}

function ofValue(ask, today, words) {
  const shown = { text: "", chosen: [], date: { era: likelyEra(ask.question, words.lang), year: "", month: "", day: "" }, copies: () => "0" };
  const value = prefill(ask);
  if (value === null) {
    const year = ask.question.years ? likely(ask.question.years, today) : null;
    if (year !== null) shown.chosen = [String(year)];
    return shown;
  }
  if ("text" in value) return { ...shown, text: value.text };
  if ("number" in value) return { ...shown, text: String(value.number) };
  if ("copies" in value) return { ...shown, copies: (id) => String(value.copies[id] ?? 0) };
  if ("date" in value) return { ...shown, chosen: [value.date], date: inBoxes(typed(value.date), words.lang) };
  return { ...shown, chosen: selected(value) };
}

function inBoxes(date, lang) {
  const at = lang === "ja" || date.era !== null ? eraYear(date) : null;
  return {
    era: at ? at.era.id : "western",
    year: String(at ? at.year : date.year),
    month: String(date.month ?? ""),
    day: String(date.day ?? ""),
  };
}

function likelyEra(question, lang) {
  if (lang === "en") return "western";
  return NEAR_TODAY.includes(question.days) ? "reiwa" : "";
}

const errorOf = (ask, { error, words }) =>
  error && h("p", { class: "entry-error", id: `${ask.path}-error` }, sentence(error, words));

const described = (ask, error) => ({
  "aria-invalid": error ? "true" : null,
  "aria-describedby": error ? `${ask.path}-error` : ask.question.help ? `${ask.path}-help` : null,
});

function heading(ask, words) {
  const settled = ask.question.default !== undefined;
  const mark = ask.required ? h("em", { class: "must" }, words.t("entry.required")) : h("em", { class: "may" }, words.t("entry.optional"));
  const help = ask.question.help?.[words.lang];
  return [
    h("span", { class: "entry-label" }, ask.question.label[words.lang], settled ? null : mark),
    help ? h("span", { class: "entry-help", id: `${ask.path}-help` }, help) : null,
  ];
}

const group = (ask, kind, at, ...boxes) =>
  h(
    "fieldset",
    { id: ask.path, class: `entry ${kind}${at.error ? " wrong" : ""}`, ...described(ask, at.error) },
    h("legend", {}, heading(ask, at.words)),
    errorOf(ask, at),
    boxes,
  );

const tick = (type, name, id, label, checked) =>
  h("label", { class: "option" }, h("input", { type, name, value: id, checked }), h("span", {}, label));

function optionsOf(ask, { today, words }) {
  if (ask.question.kind === "flag") return ["yes", "no"].map((id) => [id, words.t(`list.${id}`)]);
  const years = ask.question.years;
  if (years) return offered(ask, today).map((year) => [String(year), choice(years, year, today, words.lang)]);
  return ask.options.map((option) => [option.id, option[words.lang]]);
}

function picks(ask, at) {
  const type = ask.question.kind === "multi" ? "checkbox" : "radio";
  const options = optionsOf(ask, at).map(([id, label]) => tick(type, ask.path, id, label, at.shown.chosen.includes(id)));
  const kind = ask.question.kind === "fiscal_year" ? "choice" : ask.question.kind;
  return group(ask, kind, at, h("div", { class: `options ${layout(options)}` }, options));
}

/** Few short options stand side by side, many in columns. */
function layout(options) {
  if (options.length > 12) return "many";
  const isShort = options.length < 4 && options.every((option) => option.textContent.length < 6);
  return isShort ? "few" : "";
}

function date(ask, at) {
  const { question, path } = ask;
  const { shown, words } = at;
  const eras = ERAS.filter((era) => !NEAR_TODAY.includes(question.days) || era.id === "reiwa");
  const name = (era) => (words.lang === "ja" ? era.kanji : `${era.roman} ${era.kanji}`);
  const choices = [...eras.map((era) => [era.id, name(era)]), ["western", words.t("entry.western")]];
  const part = (name, size) =>
    h(
      "label",
      {},
      h("input", { name: `${path}.${name}`, value: shown.date[name], inputmode: "numeric", size, maxlength: size, autocomplete: "off" }),
      h("span", {}, words.t(`entry.${name}`)),
    );
  return group(
    ask,
    "date",
    at,
    h("div", { class: "eras" }, choices.map(([id, label]) => tick("radio", `${path}.era`, id, label, shown.date.era === id))),
    h("div", { class: "date-parts" }, part("year", 4), part("month", 2), part("day", 2)),
  );
}

/** A number with − and ＋ beside it. */
function stepper(attributes, label, words) {
  const box = h("input", { type: "text", inputmode: "numeric", autocomplete: "off", size: 3, ...attributes });
  const [min, max] = [Number(attributes["data-min"]), Number(attributes["data-max"])];
  const step = (by) => () => {
    box.value = String(Math.min(max, Math.max(min, (Number(box.value) || 0) + by)));
  };
  const button = (sign, by, words) => h("button", { type: "button", "aria-label": `${label}: ${words}`, onclick: step(by) }, sign);
  return h("span", { class: "stepper" }, button("−", -1, words.t("entry.less")), box, button("＋", 1, words.t("entry.more")));
}

function copies(ask, at) {
  const row = (option) => {
    const [id, label] = [`${ask.path}.${option.id}`, option[at.words.lang]];
    const box = stepper({ id, name: id, value: at.shown.copies(option.id), "data-min": 0, "data-max": 99 }, label, at.words);
    return h("div", { class: "copy-row" }, h("label", { for: id }, label), box);
  };
  return group(ask, "copies", at, ask.options.map(row));
}

function number(ask, at) {
  const [min, max] = ask.question.range ?? [0, 99];
  const box = { id: ask.path, name: ask.path, value: at.shown.text, "data-min": min, "data-max": max, ...described(ask, at.error) };
  return single(ask, "number", at, stepper(box, ask.question.label[at.words.lang], at.words));
}

function line(ask, at) {
  const digits = ["phone", "postal", "digits"].includes(ask.question.kind);
  const attributes = {
    id: ask.path,
    name: ask.path,
    value: at.shown.text,
    autocomplete: FILLED_BY_PHONE[ask.path] ?? "off",
    inputmode: digits ? "tel" : null,
    class: digits ? "short" : null,
    enterkeyhint: "next",
    ...described(ask, at.error),
  };
  return single(ask, "words", at, h("input", attributes));
}

const single = (ask, kind, at, box) =>
  h(
    "div",
    { class: `entry ${kind}${at.error ? " wrong" : ""}` },
    h("label", { for: ask.path }, heading(ask, at.words)),
    errorOf(ask, at),
    box,
  );
