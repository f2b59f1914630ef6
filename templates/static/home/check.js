// Everything once more, with what it will cost, before it becomes a code.

import { h } from "./element.js";
import { lines as linesOf } from "./fees.js";
import { read, spaced } from "./booking.js";
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
      booking(page),
    ],
    back: before ? { is: "page", page: before.page.id } : { is: "procedures" },
    next: { words: words.t("home.check.make"), press: () => (take(page) ? page.makeCode() : page.refuse({ error: "home.booking.wrong" })) },
  };
}

/** Whoever has booked is checked in by the same code. */
function booking(page) {
  const { words, definition, visit } = page;
  if (definition.booking === null) return null;
  const stands = page.screen.booking ?? (visit.booking === null ? "" : spaced(visit.booking));
  const wrong = page.screen.error === "home.booking.wrong";
  const at = definition.booking.at;
  const link = h("a", { href: `${at}?lang=${words.lang}`, target: "_blank", rel: "noopener" }, words.t("home.booking.book_new"));
  return h(
    "section",
    { class: "check-group booking" },
    h("h2", {}, words.t("home.booking.title")),
    h(
      "div",
      { class: wrong ? "entry wrong" : "entry" },
      h("label", { class: "entry-label", for: "booking" }, words.t("home.booking.number")),
      h("span", { class: "entry-help", id: "booking-help" }, words.t("home.booking.help")),
      h("input", { id: "booking", class: "short", inputmode: "numeric", autocomplete: "off", maxlength: "11", value: stands, "aria-describedby": "booking-help", "aria-invalid": wrong ? "true" : null, onchange: () => take(page) }),
    ),
    at ? h("p", {}, link) : null,
  );
}

/** Takes the number that stands in its box; whether it may stand there. */
function take(page) {
  const { visit } = page;
  const box = document.getElementById("booking");
  if (!box) return true;
  const number = read(box.value);
  page.screen.booking = box.value;
  if (number === null && box.value.trim() !== "") return false;
  if (number !== visit.booking) {
    visit.booking = number;
    page.changed();
  }
  return true;
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
