// Works out, path by path, what is known: src/form/resolve.rs once more. An answer that
// still applies, else what the question's origins say, else (if wanted) its default.

import { typed } from "./wareki.js";
import { defaultOf, fitting, holds, inOrder, isBlank } from "./value.js";

// First words of the paths that no form owns.
const RESERVED = ["applicant", "office", "town", "visit", "form", "today"];

/** First word of a path. */
export const prefix = (path) => path.split(".", 1)[0];

export class Resolved {
  #declared = new Map();
  #stored;
  #withDefaults;
  #started = new Set();
  #applying = new Set();
  /** Everything known. */
  answers = new Map();

  constructor(forms, stored, withDefaults = false) {
    this.#stored = stored;
    this.#withDefaults = withDefaults;
    for (const question of forms.flatMap((form) => form.questions)) {
      const all = this.#declared.get(question.id);
      if (all) all.push(question);
      else this.#declared.set(question.id, [question]);
    }
    for (const path of inOrder(this.#declared.keys())) this.#path(path);
    for (const path of inOrder(stored.keys())) this.#path(path);
  }

  /** Whether the question at `path` is to be asked at all. */
  applies(path) {
    return this.#applying.has(path);
  }

  /** Whether any of the forms cannot do without the answer at `path`. */
  required(path) {
    return (this.#declared.get(path) ?? []).some((question) => question.required);
  }

  /** The options of `question` that are offered now. */
  offered(question) {
    return (question.options ?? []).filter((option) => this.#hold(option.when));
  }

  /** The fiscal years that other questions have chosen already, and `question` does not offer. */
  taken(question) {
    const values = (question.years?.other_than ?? []).map((path) => this.value(path));
    return values.filter((value) => value && "date" in value).map((value) => typed(value.date).year);
  }

  /** What to suggest for `question`: the first origin that has a value. */
  suggestion(question) {
    const origin = (question.suggest ?? []).find((origin) => {
      const value = this.value(origin.path);
      return this.#hold(origin.when) && value && !isBlank(value);
    });
    return origin ? this.value(origin.path) : null;
  }

  /** Whether an answer still to be given would give `question` its value too. */
  mayFollow(question) {
    const open = (path) => this.applies(path) && !this.answers.has(path);
    const possible = (when) => holds(when, this.value(when.question)) || open(when.question);
    return (question.from ?? []).some((origin) => open(origin.path) && (origin.when ?? []).every(possible));
  }

  /** Which of its origins with conditions the question at `path` takes its value from now. */
  speaking(path) {
    const speaks = (origin) => (origin.when ?? []).length > 0 && this.#hold(origin.when);
    return (this.#declared.get(path) ?? []).map((question) => (question.from ?? []).findIndex(speaks)).join();
  }

  value(path) {
    return this.answers.get(path)?.value;
  }

  #hold(conditions) {
    return (conditions ?? []).every((when) => holds(when, this.value(when.question)));
  }

  #path(path) {
    if (this.#started.has(path)) return;
    this.#started.add(path);
    const questions = this.#declared.get(path);
    if (questions) {
      this.#question(path, questions);
    } else if (RESERVED.includes(prefix(path)) && this.#stored.has(path)) {
      // An answer to a form that is no longer among those chosen is known to nobody.
      this.answers.set(path, this.#stored.get(path));
    }
  }

  #question(path, questions) {
    const applying = questions.filter((question) => this.#allHold(question.when));
    if (applying.length > 0) this.#applying.add(path);
    // Facts about the applicant stay true whoever asks for them.
    else if (prefix(path) !== "applicant") return;
    const answer =
      this.#storedAnswer(path, questions) ??
      this.#takenFromOrigins(path, applying) ??
      this.#defaultOf(applying);
    if (answer) this.answers.set(path, answer);
  }

  #storedAnswer(path, questions) {
    const answer = this.#stored.get(path);
    return answer ? this.#fitting(path, questions, answer) : null;
  }

  /** When no origin has a value but one was skipped, an optional question is skipped with it. */
  #takenFromOrigins(path, questions) {
    let skipped = null;
    for (const origin of questions.flatMap((question) => question.from ?? [])) {
      if (!this.#allHold(origin.when)) continue;
      this.#path(origin.path);
      const answer = this.answers.get(origin.path);
      const fitted = answer ? this.#fitting(path, questions, answer) : null;
      if (!fitted) continue;
      if (!isBlank(fitted.value)) return fitted;
      skipped = fitted;
    }
    return skipped;
  }

  #defaultOf(questions) {
    if (!this.#withDefaults) return null;
    const value = questions.map(defaultOf).find((value) => value !== null);
    if (value === undefined) return null;
    return this.#fitting(questions[0].id, questions, { value, source: "preset" });
  }

  #fitting(path, all, answer) {
    const question = all[0];
    for (const when of (question.options ?? []).flatMap((option) => option.when ?? [])) this.#path(when.question);
    for (const other of question.years?.other_than ?? []) this.#path(other);
    const value = fitting(answer.value, question.kind, this.offered(question));
    // The same year twice would be the same paper twice: it is asked again.
    if (value && "date" in value && this.taken(question).includes(typed(value.date).year)) return null;
    if (value === null || (isBlank(value) && this.required(path))) return null;
    return { value, source: answer.source };
  }

  #allHold(conditions) {
    return (conditions ?? []).every((when) => {
      this.#path(when.question);
      return holds(when, this.value(when.question));
    });
  }
}
