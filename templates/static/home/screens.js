// The screens on the way to the code. Each gives what stands on it, where back leads to,
// and what the one big button does; page.js puts them into the frame.

import { spaced } from "./booking.js";
import { h, icon } from "./element.js";
import { entry } from "./entries.js";
import { isOpen as offers, pageOfGate } from "./form.js";
import { ofFields, read, Refused } from "./input.js";

/** What this is, what it promises, and the way in. */
export function start(page) {
  const { words, definition } = page;
  const step = (name, key) => h("li", {}, icon(name), h("span", {}, words.t(key)));
  const trouble = page.trouble();
  const stands = !page.visit.isEmpty || page.draft !== null;
  return {
    nodes: [
      h("h1", {}, words.t("home.start.title")),
      h("p", { class: "lead" }, words.t("home.start.lead")),
      trouble ? h("p", { class: "error-band", role: "alert" }, words.t(trouble)) : null,
      stands && !trouble ? goOn(page) : null,
      booking(page),
      h(
        "ol",
        { class: "steps" },
        step("choose", "home.start.step_choose"),
        step("hand", "home.start.step_answer"),
        step("code", "home.start.step_show"),
      ),
      h(
        "ul",
        { class: "promises" },
        h("li", {}, definition.purpose[words.lang]),
        ["stays", "sealed", "my_number"].map((key) => h("li", {}, words.t(`home.start.${key}`))),
      ),
    ],
    next: trouble ? null : { words: words.t(stands ? "home.start.anew" : "home.start.begin"), press: () => page.begin() },
  };
}

/** Where a time can be booked; and the number that was brought from there. */
function booking(page) {
  const { words, definition } = page;
  if (definition.booking === null) return null;
  if (page.booking !== null) return h("p", { class: "notice-band" }, words.with("home.booking.brought", { number: spaced(page.booking) }));
  const { at } = definition.booking;
  if (at === null) return h("p", { class: "hint" }, words.t("home.booking.elsewhere"));
  return h(
    "section",
    { class: "go-on" },
    h("p", {}, words.t("home.booking.lead")),
    h("a", { class: "button", href: `${at}?lang=${words.lang}` }, words.t("home.booking.book")),
  );
}

/** What was begun: here and now, or before and kept. */
function goOn(page) {
  const { words } = page;
  const isKept = page.visit.isEmpty || page.keeps;
  const [found, about, press] = isKept
    ? ["home.draft.found", "home.draft.found_about", "home.draft.go_on"]
    : ["home.draft.begun", "home.draft.begun_about", "home.draft.go_on_begun"];
  return h(
    "section",
    { class: "go-on" },
    h("h2", {}, words.t(found)),
    h("p", {}, words.t(about)),
    h("button", { class: "button primary", type: "button", onclick: () => page.goOn() }, words.t(press)),
    isKept && (page.visit.isEmpty ? page.draft : page.visit).hasCode ? again(page) : null,
  );
}

/** The kept answers with a new code: the last one may have been used. */
function again(page) {
  const { words } = page;
  return [
    h("p", {}, words.t("home.draft.again_about")),
    h("button", { class: "button again", type: "button", onclick: () => page.goOnAnew() }, words.t("home.draft.again")),
  ];
}

/** What the resident comes for. */
export function procedures(page) {
  const { words, definition, visit } = page;
  const error = page.screen.error;
  const lanes = new Map();
  for (const one of definition.procedures) {
    const name = one.lane?.[words.lang] ?? "";
    lanes.set(name, [...(lanes.get(name) ?? []), one]);
  }
  const offer = (one) =>
    h(
      "label",
      { class: "offer" },
      h("input", { type: "checkbox", name: "procedure", value: one.id, "data-form": one.form, checked: visit.procedures.includes(one.id), onchange: onlyOne }),
      icon(one.pictogram),
      h("span", {}, h("strong", {}, one.title[words.lang]), one.about[words.lang]),
    );
  const groups = [...lanes].map(([name, offers]) =>
    h("fieldset", { class: "offers" }, h("legend", {}, name), offers.map(offer)),
  );
  const form = h("form", { id: "step", class: "entries", novalidate: true }, groups);
  return {
    nodes: [
      h("h1", {}, words.t("home.procedures.title")),
      h("p", { class: "lead" }, words.t("home.procedures.lead")),
      error ? h("p", { class: "error-band", role: "alert" }, words.t(error)) : null,
      form,
    ],
    back: { is: "start" },
    next: {
      words: words.t("home.next"),
      form,
      press: () => {
        const ids = [...new FormData(form).getAll("procedure")];
        if (ids.length === 0) return page.refuse({ error: "home.procedures.none" });
        visit.choose(ids);
        page.changed();
        return page.go({ is: "next" });
      },
    },
  };
}

/** Two procedures of one form cannot be chosen together: the newer choice wins. */
function onlyOne({ target }) {
  if (!target.checked) return;
  for (const other of target.form.querySelectorAll(`[data-form="${target.dataset.form}"]`)) {
    if (other !== target) other.checked = false;
  }
}

/** A procedure that is not for this resident: said kindly, with the ways on. */
export function closed(page, { form, gate }) {
  const { words, visit, definition } = page;
  const own = visit.chosen.find((one) => one.form === form.id);
  const others = visit.procedures.filter((id) => id !== own?.id);
  // What is offered in its place must be new, and not closed by what was answered.
  const isChosen = visit.chosen.some((one) => one.form === gate.instead);
  const other = definition.procedures.find((one) => one.form === gate.instead);
  const instead = other && !isChosen && offers(definition.forms[other.form], visit.answers) ? other : null;
  const mend = pageOfGate({ form, gate });
  const way = (name, title, about, press) =>
    h("button", { class: "way", type: "button", onclick: press }, icon(name), h("span", {}, h("strong", {}, title), about));
  const leave = (ids) => () => {
    visit.choose(ids);
    page.changed();
    page.go(ids.length > 0 ? { is: "next" } : { is: "procedures" });
  };
  return {
    nodes: [
      h("p", { class: "asks" }, own?.title[words.lang] ?? ""),
      h("h1", {}, gate.title[words.lang]),
      h("p", { class: "lead" }, gate.reason[words.lang]),
      h(
        "div",
        { class: "ways" },
        instead &&
          way(instead.pictogram, words.with("home.closed.instead", { procedure: instead.title[words.lang] }), instead.about[words.lang], leave([...others, instead.id])),
        others.length > 0
          ? way("choose", words.t("home.closed.leave"), words.t("home.closed.leave_about"), leave(others))
          : way("choose", words.t("home.closed.choose"), words.t("home.closed.choose_about"), leave([])),
        way("hand", words.t("home.closed.mend"), words.t("home.closed.mend_about"), () => page.go({ is: "page", page: mend })),
      ),
    ],
    back: { is: "page", page: mend },
  };
}

/** One page of questions. */
export function ask(page, asked) {
  const { words, visit, screen } = page;
  const lang = words.lang;
  const refused = screen.refused ?? new Map();
  const today = page.today();
  const [n, m] = visit.progress(asked.page.id);
  const progress = words.with("home.progress", { n, m });
  const at = (one) => ({ fields: screen.fields, error: refused.get(one.path), today, words });
  const form = h("form", { id: "step", class: "entries", novalidate: true }, asked.questions.map((one) => entry(one, at(one))));
  const before = visit.before(asked.page.id);
  const owner = visit.chosen.length > 1 ? visit.chosen.find((one) => one.form === asked.form) : null;
  const help = asked.page.help?.[lang];
  return {
    nodes: [
      h("div", { class: "progress" }, h("p", {}, progress), h("progress", { value: n, max: m, "aria-label": progress })),
      owner ? h("p", { class: "asks" }, owner.title[lang]) : null,
      h("h1", {}, asked.page.title[lang]),
      help ? h("p", { class: "lead" }, help) : null,
      refused.size > 0 ? lookAgain(asked, refused, words) : null,
      form,
    ],
    back: before ? { is: "page", page: before.page.id } : { is: "procedures" },
    next: { words: words.t("home.next"), form, press: () => take(page, asked, form, today) },
    collect: () => [...new FormData(form)],
  };
}

function lookAgain(asked, refused, words) {
  const link = (one) =>
    h("li", {}, h("a", { href: `#${one.path}`, onclick: (press) => { press.preventDefault(); focusOn(one.path); } }, one.question.label[words.lang]));
  return h(
    "div",
    { class: "error-band", role: "alert" },
    h("p", {}, words.t("entry.look_again")),
    h("ul", { class: "wrong-entries" }, asked.questions.filter((one) => refused.has(one.path)).map(link)),
  );
}

/** Puts the hand where an entry is wrong. */
export function focusOn(path) {
  const at = document.getElementById(path);
  (at?.matches("input") ? at : at?.querySelector("input"))?.focus();
}

function take(page, asked, form, today) {
  const fields = [...new FormData(form)];
  const values = new Map();
  const refused = new Map();
  for (const one of asked.questions) {
    try {
      values.set(one.path, read(one, ofFields(one.question, fields), today));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.set(one.path, error);
    }
  }
  if (refused.size > 0) {
    page.refuse({ fields, refused });
    focusOn(refused.keys().next().value);
    return;
  }
  page.visit.answer(values);
  page.changed();
  page.go({ is: "next" });
}
