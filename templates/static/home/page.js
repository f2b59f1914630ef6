// The page: what it knows, which screen stands on it, and how one leads to the next. The
// browser's own back works like the one on the screen; no address tells anything.

import { brought } from "./booking.js";
import { keyFor, make, TooLong } from "./code.js";
import definition from "./definition.js";
import { check } from "./check.js";
import * as draft from "./draft.js";
import { h } from "./element.js";
import { keep } from "./keep.js";
import * as screens from "./screens.js";
import { show } from "./show.js";
import { Visit } from "./visit.js";
import { today } from "./wareki.js";
import { Words } from "./words.js";

class Page {
  definition = definition;
  visit = new Visit(definition);
  draft = draft.kept(definition);
  keeps = false;
  /** The number of an appointment that was booked just before. */
  booking = brought();
  screen = { is: "start" };
  #made = null;
  #making = false;
  #stands = null;

  constructor() {
    const asked = definition.languages.find((lang) => navigator.language.startsWith(lang));
    this.words = new Words(definition.words, asked ?? definition.languages[0]);
    history.replaceState({ is: "start" }, "");
    addEventListener("popstate", ({ state }) => this.#show(state ?? { is: "start" }));
    addEventListener("beforeunload", (leaving) => {
      if (!this.visit.isEmpty && !this.keeps) leaving.preventDefault();
    });
    // A telephone that is turned has another width, and the code other pixels.
    let width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      if (this.screen.is === "code") this.#show(this.screen);
    });
    this.#show(this.screen);
  }

  today() {
    return today();
  }

  /** Why nothing can be prepared here and now: the words for it, or null. */
  trouble() {
    // Without a secure connection a browser gives no page its cryptography.
    if (!globalThis.crypto?.subtle) return "home.trouble.insecure";
    return keyFor(definition.keys) === null ? "home.trouble.old" : null;
  }

  /** Goes on to a screen. */
  go(screen) {
    const { is, page } = screen;
    history.pushState(page === undefined ? { is } : { is, page }, "");
    this.#show(screen);
    document.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** The same screen again, with what is wrong on it. */
  refuse(wrong) {
    this.#show({ ...this.screen, ...wrong });
    scrollTo(0, 0);
  }

  /** For whoever is there now: a draft that is kept stays as it is. */
  begin() {
    Object.assign(this, { visit: new Visit(definition), keeps: false });
    this.visit.booking = this.booking;
    this.#made = null;
    this.go({ is: "procedures" });
  }

  /** Takes up what was begun, or the draft. */
  goOn() {
    this.#takeUp();
    this.go({ is: "next" });
  }

  /** The same, for another visit: with a code of its own. */
  goOnAnew() {
    this.#takeUp();
    this.visit.forgetCodes();
    this.visit.booking = this.booking;
    this.changed();
    this.go({ is: "next" });
  }

  #takeUp() {
    if (this.visit.isEmpty) {
      Object.assign(this, { visit: this.draft, keeps: true });
      this.#made = null;
    }
    if (this.booking === null || this.booking === this.visit.booking) return;
    this.visit.booking = this.booking;
    this.changed();
  }

  setKeeps(keeps) {
    Object.assign(this, { keeps, draft: keeps ? this.visit : null });
    if (keeps) draft.keep(definition, this.visit);
    else draft.erase();
  }

  /** Something was chosen or answered: another code is needed. */
  changed() {
    this.#made = null;
    if (this.keeps) draft.keep(definition, this.visit);
  }

  erase() {
    draft.erase();
    Object.assign(this, { visit: new Visit(definition), draft: null, keeps: false, booking: null });
    this.#made = null;
    this.go({ is: "start" });
  }

  /** Makes the code anew only where something changed; the counter takes the last one. */
  async makeCode() {
    if (this.#making) return undefined;
    if (this.#made === null) {
      this.#making = true;
      this.visit.revision += 1;
      try {
        this.#made = await make(definition, this.visit);
      } catch (error) {
        this.visit.revision -= 1;
        return this.refuse({ error: error instanceof TooLong ? "home.code.too_long" : "home.code.failed" });
      } finally {
        this.#making = false;
      }
      if (this.keeps) draft.keep(definition, this.visit);
    }
    return this.go({ is: "code" });
  }

  #speak(lang) {
    const fields = this.#stands.collect?.();
    this.words = new Words(definition.words, lang);
    this.#show({ ...this.screen, fields: fields ?? this.screen.fields });
  }

  /** What stands on a screen; one that no longer applies gives way to what comes next. */
  #standsOn(screen) {
    const next = () => {
      const step = this.visit.next();
      if (step.is === "closed") return screens.closed(this, step.closed);
      if (step.is === "ask") return screens.ask(this, step.ask);
      return step.is === "procedures" ? screens.procedures(this) : check(this);
    };
    if (screen.is === "start") return screens.start(this);
    if (screen.is === "procedures") return screens.procedures(this);
    const asked = screen.is === "page" ? this.visit.page(screen.page) : null;
    if (asked) return screens.ask(this, asked);
    if (screen.is === "code" && this.#made) return show(this, this.#made);
    return next();
  }

  #show(screen) {
    this.screen = screen;
    const stands = this.#standsOn(screen);
    this.#stands = stands;
    const { words } = this;
    document.documentElement.lang = words.lang;
    document.title = words.t("home.title");
    document.getElementById("town").textContent = definition.town.name[words.lang];
    document.getElementById("name").textContent = words.t("home.name");
    document.getElementById("languages").replaceChildren(...this.#languages());
    const folds = this.visit.isEmpty || screen.is === "start" ? null : keep(this);
    const error = screen.error && screen.is !== "procedures" ? h("p", { class: "error-band", role: "alert" }, words.t(screen.error)) : null;
    const main = document.getElementById("main");
    main.replaceChildren(...[error, ...stands.nodes.flat(Infinity), folds].filter((node) => node));
    main.querySelector("h1")?.setAttribute("tabindex", "-1");
    this.#bar(stands);
  }

  #languages() {
    if (definition.languages.length < 2) return [];
    const names = { ja: "日本語", en: "English" };
    return definition.languages.map((lang) =>
      h("button", { type: "button", lang, "aria-pressed": String(lang === this.words.lang), onclick: () => this.#speak(lang) }, names[lang]),
    );
  }

  #bar({ back, next }) {
    const press = async (event) => {
      event.preventDefault();
      await next.press();
    };
    if (next?.form) next.form.addEventListener("submit", press);
    const forward = next && h("button", { class: "button primary", ...(next.form ? { form: next.form.id } : { type: "button", onclick: press }) }, next.words);
    const backward = back && h("button", { class: "button quiet", type: "button", onclick: () => this.go(back) }, this.words.t("home.back"));
    const bar = document.getElementById("bar");
    bar.hidden = !back && !next;
    bar.replaceChildren(...[backward, forward].filter((button) => button));
  }
}

new Page();
