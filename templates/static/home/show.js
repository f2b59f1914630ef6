// The code, and everything to know before the visit. No word beside the code names a
// person or tells what they come for.

import { h } from "./element.js";
import { draw, drawToKeep, pixelsFor } from "./picture.js";
import { QUIET } from "./qr.js";
import { holds } from "./value.js";

/** As wide as a phone lying in the hand shows it, and no wider. */
const WIDTH_MAX = 480;

export function show(page, { codes, until }) {
  const { words, definition } = page;
  const lang = words.lang;
  const valid = words.with("home.code.valid", { day: words.date(until) });
  const town = definition.town.name[lang];
  const label = (n) => (codes.length > 1 ? `${n + 1}/${codes.length}` : null);
  const figure = (code, n) => {
    const ratio = window.devicePixelRatio || 1;
    const px = pixelsFor(code.qr, Math.min(document.documentElement.clientWidth - 24, WIDTH_MAX), ratio);
    const width = ((code.qr.side + 2 * QUIET) * px) / ratio;
    const name = words.t("home.code.name");
    const alt = label(n) ? `${name} ${label(n)}` : name;
    const picture = h("img", { src: draw(code.qr, px).toDataURL("image/png"), alt, class: "qr" });
    picture.style.width = `${width}px`;
    return h(
      "figure",
      { class: "code", "data-version": code.qr.version, "data-level": code.qr.level },
      picture,
      h("figcaption", {}, label(n) ? h("strong", {}, label(n)) : null, h("span", {}, `${town}　${words.t("home.name")}`), h("span", {}, valid)),
    );
  };
  const keep = (code, n) => {
    const lines = [label(n), `${town}　${words.t("home.name")}`, valid].filter((line) => line);
    const address = drawToKeep(code.qr, lines).toDataURL("image/png");
    const save = words.t("home.code.save");
    return h("a", { class: "button", href: address, download: `madoguchi${n > 0 ? `-${n + 1}` : ""}.png` }, label(n) ? `${save} ${label(n)}` : save);
  };
  return {
    nodes: [
      h("h1", {}, words.t("home.code.title")),
      codes.length > 1 ? h("p", { class: "notice-band" }, words.with("home.code.several", { codes: codes.length })) : null,
      codes.map(figure),
      page.visit.booking === null ? null : h("p", { class: "notice-band" }, words.t("home.booking.rides")),
      h("p", { class: "hint" }, words.t("home.code.bright")),
      h(
        "div",
        { class: "actions" },
        codes.map(keep),
        h("button", { class: "button", type: "button", onclick: () => window.print() }, words.t("home.code.print")),
        h("button", { class: "button quiet", type: "button", onclick: () => page.go({ is: "check" }) }, words.t("home.code.mend")),
      ),
      h("section", { class: "told" }, h("h2", {}, words.t("home.next_steps.title")), h("ol", {}, ["show", "birthday", "confirm", "number"].map((key) => h("li", {}, words.t(`home.next_steps.${key}`))))),
      h("section", { class: "told" }, h("h2", {}, words.t("home.bring.title")), h("ul", {}, toBring(page).map((what) => h("li", {}, what)))),
      h("p", { class: "hint" }, words.t("home.code.not_yet")),
    ],
    back: { is: "check" },
  };
}

/** What shows who one is, and what the forms ask for, each said once. */
function toBring({ words, definition, visit }) {
  const forms = visit.chosen.map((one) => definition.forms[one.form]);
  const known = visit.known();
  const list = [words.t("home.bring.code")];
  const identities = forms.map((form) => form.identity);
  if (identities.includes("one_photo")) list.push(words.t("home.bring.photo"));
  else if (identities.includes("one_photo_or_two")) list.push(words.t("home.bring.photo_or_two"));
  for (const bring of forms.flatMap((form) => form.bring)) {
    const needed = bring.when.every((when) => holds(when, known.get(when.question)?.value));
    const what = bring.what[words.lang];
    if (needed && !list.includes(what)) list.push(what);
  }
  if (definition.fees.length > 0 && forms.some((form) => definition.fees.some((fee) => fee.form === form.id))) list.push(words.t("home.bring.fee"));
  return list;
}
