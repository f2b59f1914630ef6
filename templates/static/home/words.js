// The words of the screens in one language, and answers as people read them.

import { japanese, text, typed } from "./wareki.js";
import { words as yearWords } from "./years.js";

export class Words {
  #words;

  constructor(all, lang) {
    this.#words = all[lang];
    this.lang = lang;
  }

  /** The words at `key`. */
  t(key) {
    return this.#words[key] ?? key;
  }

  /** The words at `key`, each `{name}` in them replaced by its value. */
  with(key, values) {
    return this.t(key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }

  /** A date in both calendars: Japanese papers speak one, many people the other. */
  date(date) {
    return this.lang === "ja" ? `${japanese(date)}（${date.year}年）` : `${text(date)} (${japanese(date)})`;
  }

  /** The words of a value; empty when it was skipped. */
  value(question, value) {
    const label = (id) => question.options?.find((option) => option.id === id)?.[this.lang] ?? id;
    const list = (words) => words.join(this.t("list.and"));
    if ("text" in value) return question.kind === "postal" ? postalCode(value.text) : value.text;
    if ("date" in value) {
      const date = typed(value.date);
      return question.years ? yearWords(question.years, date.year, this.lang) : this.date(date);
    }
    if ("choice" in value) return label(value.choice);
    if ("choices" in value) return list(value.choices.map(label));
    if ("flag" in value) return this.t(value.flag ? "list.yes" : "list.no");
    if ("number" in value) return String(value.number);
    const copies = Object.entries(value.copies);
    return list(copies.map(([id, copies]) => this.with("list.copies", { what: label(id), copies })));
  }
}

const postalCode = (code) => (/^.{7}$/u.test(code) ? `〒${code.slice(0, 3)}-${code.slice(3)}` : code);
