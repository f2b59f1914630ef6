// A visit in the making: what was chosen and answered, and what comes next. It lives in
// this page only, unless its owner keeps a draft.

import * as form from "./form.js";

const JTI_BYTES = 8;

export class Visit {
  #definition;
  procedures = [];
  answers = new Map();
  /** The number of an appointment that the code checks in; null without one. */
  booking = null;
  /** What names each code for the counter, the first code's first. Made once. */
  jtis = [];
  /** Counts the codes that were made of changed answers. */
  revision = 0;

  constructor(definition) {
    this.#definition = definition;
  }

  get isEmpty() {
    return this.procedures.length === 0;
  }

  /** Whether a code was made of it, which may have been used since. */
  get hasCode() {
    return this.revision > 0;
  }

  /** The chosen procedures, in the order the town lists them. */
  get chosen() {
    return this.#definition.procedures.filter((one) => this.procedures.includes(one.id));
  }

  /** The forms of the chosen procedures, and what every code must know. */
  get forms() {
    return this.formsOf(this.chosen);
  }

  formsOf(procedures) {
    return [...procedures.map((one) => this.#definition.forms[one.form]), this.#definition.birth];
  }

  /** Takes the procedures of these ids. What an earlier choice preset is taken back. */
  choose(ids) {
    this.procedures = ids;
    for (const [path, answer] of this.answers) if (answer.source === "preset") this.answers.delete(path);
    for (const procedure of this.chosen) {
      for (const [path, value] of Object.entries(procedure.preset)) this.answers.set(path, { value, source: "preset" });
    }
  }

  /** Takes the values of a page: path → value. */
  answer(values) {
    const entered = new Map([...values].map(([path, value]) => [path, { value, source: "typed" }]));
    for (const path of form.overtaken(this.forms, this.answers, entered)) this.answers.delete(path);
    for (const [path, answer] of entered) this.answers.set(path, answer);
  }

  /** The first thing still to do: { is: "procedures" | "closed" | "ask" | "check" }. */
  next() {
    if (this.chosen.length === 0) return { is: "procedures" };
    const closed = form.closed(this.forms, this.answers);
    if (closed) return { is: "closed", closed };
    const [ask] = form.missing(this.forms, this.answers);
    return ask ? { is: "ask", ask } : { is: "check" };
  }

  /** All pages that apply, without what the choice of a procedure said already. */
  get pages() {
    const isPreset = (ask) => this.answers.get(ask.path)?.source === "preset";
    return form
      .pages(this.forms, this.answers)
      .map((page) => ({ ...page, questions: page.questions.filter((ask) => !isPreset(ask)) }))
      .filter((page) => page.questions.length > 0);
  }

  /** A page with all its questions, if it applies. */
  page(id) {
    return this.pages.find((page) => page.page.id === id) ?? null;
  }

  /** The page before, or the last that was answered. */
  before(id = null) {
    if (id !== null) return form.before(this.forms, this.answers, id);
    return form.pages(this.forms, this.answers).findLast((page) => form.wasAsked(page, this.answers)) ?? null;
  }

  progress(id) {
    return form.progress(this.forms, this.answers, id);
  }

  known() {
    return form.known(this.forms, this.answers);
  }

  /** What names the n-th code. */
  jti(n) {
    while (this.jtis.length <= n) this.jtis.push([...crypto.getRandomValues(new Uint8Array(JTI_BYTES))]);
    return Uint8Array.from(this.jtis[n]);
  }

  /** The same answers for another visit: the counter takes a code once, and whoever had
   * booked has come. */
  forgetCodes() {
    this.booking = null;
    this.jtis = [];
    this.revision = 0;
  }

  /** As a draft keeps it. */
  written() {
    const { procedures, booking, jtis, revision } = this;
    return { procedures, answers: [...this.answers], booking, jtis, revision };
  }

  /** From a draft. Procedures that are no longer offered are left out. */
  static read(definition, { procedures, answers, booking, jtis, revision }) {
    const visit = new Visit(definition);
    visit.answers = new Map(answers);
    visit.booking = booking ?? null;
    visit.jtis = jtis;
    visit.revision = revision;
    visit.choose(procedures.filter((id) => definition.procedures.some((one) => one.id === id)));
    return visit;
  }
}
