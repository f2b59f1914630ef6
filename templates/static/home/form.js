// What is known and what is still to be asked: src/form/questions.rs, gate.rs,
// overtaken.rs and src/visit/step.rs once more. A test answers the same questions here
// and at the counter and finds every difference.

import { Resolved, prefix } from "./resolve.js";
import { defaultOf, holds, inOrder, same } from "./value.js";

/** The answers that count, and everything that follows from them. */
export const known = (forms, answers) => new Resolved(forms, answers).answers;

/** What is known, with the defaults of questions nobody has answered. */
export const withDefaults = (forms, answers) => new Resolved(forms, answers, true).answers;

/** All pages that apply, with all their questions and what is known of each. */
export const pages = (forms, answers) => collect(forms, new Resolved(forms, answers));

/** The pages still to ask, in order, each with only the questions that have no answer yet. */
export function missing(forms, answers) {
  const resolved = new Resolved(forms, answers);
  const unanswered = keep(collect(forms, resolved), (ask) => ask.answer === null);
  const ready = keep(unanswered, (ask) => !resolved.mayFollow(ask.question));
  // Two forms that wait for each other: asking is better than a dead end.
  return ready.length > 0 ? ready : unanswered;
}

const keep = (pages, wanted) =>
  pages
    .map((page) => ({ ...page, questions: page.questions.filter(wanted) }))
    .filter((page) => page.questions.length > 0);

/** Paths of the required questions without a value; a default counts as one. */
export function incomplete(forms, answers) {
  const all = collect(forms, new Resolved(forms, answers, true)).flatMap((page) => page.questions);
  return all.filter((ask) => ask.required && ask.answer === null).map((ask) => ask.path);
}

/** Paths of answers that were given but do not count. */
export function ignored(forms, answers) {
  const counted = withDefaults(forms, answers);
  const counts = (path) => {
    const one = counted.get(path);
    return one && one.source === answers.get(path).source && same(one.value, answers.get(path).value);
  };
  return inOrder(answers.keys()).filter((path) => !counts(path));
}

/** What the screen shows as entered: what is known, else what is likely, else the default. */
export const prefill = (ask) => ask.answer?.value ?? ask.suggestion ?? defaultOf(ask.question);

const TURNS = ["gate", "shared", "own"];

function turnOf(form, page) {
  if ((form.gate_pages ?? []).includes(page.id)) return "gate";
  return prefix(page.id) === "applicant" ? "shared" : "own";
}

function collect(forms, resolved) {
  const pages = [];
  const seen = new Set();
  for (const turn of TURNS) {
    for (const form of forms) {
      for (const page of form.pages.filter((page) => turnOf(form, page) === turn)) {
        const asked = form.questions.filter((question) => {
          if (question.page !== page.id || !resolved.applies(question.id) || seen.has(question.id)) return false;
          seen.add(question.id);
          return true;
        });
        put(pages, page, form, turn, asked.map((question) => ask(question, resolved)));
      }
    }
  }
  return pages;
}

/** Adds the questions to the page of this id, which another form may have opened already. */
function put(pages, page, form, turn, questions) {
  if (questions.length === 0) return;
  const open = pages.find((open) => open.page.id === page.id);
  if (open) open.questions.push(...questions);
  else pages.push({ page, form: turn === "shared" ? null : form.id, atGate: turn === "gate", questions });
}

const ask = (question, resolved) => ({
  question,
  path: question.id,
  required: resolved.required(question.id),
  options: resolved.offered(question),
  taken: resolved.taken(question),
  answer: resolved.answers.get(question.id) ?? null,
  suggestion: resolved.suggestion(question),
});

/** The first gate that is closed: its form and itself. */
export function closed(forms, answers) {
  const all = known(forms, answers);
  for (const form of forms) {
    const gate = (form.gates ?? []).find((gate) => gate.when.every((when) => holds(when, all.get(when.question)?.value)));
    if (gate) return { form, gate };
  }
  return null;
}

/** Whether no gate of this form is closed by what was answered: so nobody goes round in a circle. */
export const isOpen = (form, answers) => closed([form], answers) === null;

/** The page to go back to when an answer was a slip. */
export function pageOfGate({ form, gate }) {
  const last = gate.when.at(-1)?.question;
  return form.questions.find((question) => question.id === last)?.page ?? null;
}

/** Paths of the typed answers that `entered`, coming after them, overtakes. */
export function overtaken(forms, before, entered) {
  const after = new Map([...before, ...entered]);
  const then = new Resolved(forms, before);
  const gone = [];
  for (;;) {
    const now = new Resolved(forms, after);
    const path = inOrder(after.keys()).find(
      (path) =>
        after.get(path).source === "typed" && !entered.has(path) && then.speaking(path) !== now.speaking(path),
    );
    if (path === undefined) return gone;
    // What is forgotten may let another origin speak.
    after.delete(path);
    gone.push(path);
  }
}

/** Whether a person answered anything on the page. */
export const wasAsked = (page, answers) => page.questions.some((ask) => answers.get(ask.path)?.source === "typed");

/** The page before this one that was answered; null at the first. */
export function before(forms, answers, id) {
  const all = pages(forms, answers);
  const here = all.findIndex((page) => page.page.id === id);
  return all.slice(0, Math.max(here, 0)).findLast((page) => wasAsked(page, answers)) ?? null;
}

/** The page stands n-th of m pages that are shown. */
export function progress(forms, answers, id) {
  const open = missing(forms, answers).map((page) => page.page.id);
  const shown = pages(forms, answers).filter(
    (page) => wasAsked(page, answers) || open.includes(page.page.id) || page.page.id === id,
  );
  return [Math.max(shown.findIndex((page) => page.page.id === id), 0) + 1, shown.length];
}
