// Everything once more, with what it will cost, before it becomes a code.

import { h } from "./element.js";
import { lines as linesOf } from "./fees.js";
import { isBlank, same } from "./value.js";

export function check(page) {
  const { words, visit } = page;
  const before = visit.before();
  return {
    nodes: [
      h("h1", {}, words.t("home.check.title")),
      h("p", { class: "lead" }, words.t("home.check.lead")),
      group(page, words.t("home.check.procedures"), { is: "procedures" }, h("ul", { class: "chosen" }, visit.chosen.map((one) => h("li", {}, one.title[words.lang])))),
      groups(page),
      fees(page),
    ],
    back: before ? { is: "page", page: before.page.id } : { is: "procedures" },
    next: { words: words.t("home.check.make"), press: () => page.makeCode() },
  };
}

function group(page, title, mend, content) {
  const { words } = page;
  return h(
    "section",
    { class: "check-group" },
    h("h2", {}, title),
    h("button", { class: "button small quiet", type: "button", "aria-label": `${title} ${words.t("home.check.mend")}`, onclick: () => page.go(mend) }, words.t("home.check.mend")),
    content,
  );
}

/** What a person entered, and what follows from it, unless it would be the same words again. */
function groups(page) {
  const { words, visit } = page;
  const all = visit.pages;
  const isGiven = (ask) => visit.answers.has(ask.path);
  const given = all.flatMap((one) => one.questions).filter((ask) => isGiven(ask) && ask.answer);
  const told = given.map((ask) => ask.answer.value);
  const isNew = ({ answer }) => {
    if (!answer) return false;
    const speaksForItself = "text" in answer.value || "date" in answer.value;
    if (speaksForItself && told.some((value) => same(value, answer.value))) return false;
    told.push(answer.value);
    return true;
  };
  const row = (ask) => {
    if (!(isGiven(ask) || isNew(ask)) || !ask.answer || isBlank(ask.answer.value)) return null;
    return h("div", {}, h("dt", {}, ask.question.label[words.lang]), h("dd", {}, words.value(ask.question, ask.answer.value)));
  };
  return all.map((one) => {
    const rows = one.questions.map(row).filter((row) => row !== null);
    if (rows.length === 0) return null;
    return group(page, one.page.title[words.lang], { is: "page", page: one.page.id }, h("dl", {}, rows));
  });
}

function fees(page) {
  const { words, definition, visit } = page;
  const lines = linesOf(definition, visit.forms, visit.known());
  if (lines === null) {
    const unknown = h("p", {}, words.t("home.check.fee_unknown"));
    return h("section", { class: "check-group fee" }, h("h2", {}, words.t("home.check.fee")), unknown);
  }
  if (lines.length === 0) return null;
  const yen = (amount) => `${amount.toLocaleString("en-US")}${words.t("list.yen")}`;
  const exempt = (line) => (line.exempt ? [h("br", {}), words.t("home.check.exempt") + line.exempt.name[words.lang]] : []);
  const row = (line) => h("div", {}, h("dt", {}, `${line.name[words.lang]} × ${line.count}`, exempt(line)), h("dd", {}, yen(line.amount)));
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  return h(
    "section",
    { class: "check-group fee" },
    h("h2", {}, words.t("home.check.fee")),
    h("dl", {}, lines.map(row), h("div", { class: "total" }, h("dt", {}, words.t("home.check.total")), h("dd", {}, yen(total)))),
  );
}
