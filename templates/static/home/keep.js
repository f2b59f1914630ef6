// Stopping on the way: a draft on this device for whoever asks for one, and the end of
// everything that was entered.

import * as draft from "./draft.js";
import { h } from "./element.js";

/** The fold at the foot of every page with answers. */
export function keep(page) {
  const { words } = page;
  const box = h("input", { type: "checkbox", checked: page.keeps, onchange: () => page.setKeeps(box.checked) });
  return h(
    "details",
    { class: "keep", open: page.keeps },
    h("summary", {}, words.t("home.draft.stop")),
    draft.canKeep()
      ? h("label", { class: "option" }, box, h("span", {}, h("strong", {}, words.t("home.draft.keep")), h("small", {}, words.t("home.draft.keep_about"))))
      : null,
    h("button", { class: "button danger", type: "button", onclick: () => ask(page) }, words.t("home.draft.erase")),
  );
}

function ask(page) {
  const { words } = page;
  const close = () => dialog.close();
  const erase = () => {
    dialog.close();
    page.erase();
  };
  const dialog = h(
    "dialog",
    { "aria-labelledby": "erase-title", onclose: () => dialog.remove() },
    h("h2", { id: "erase-title" }, words.t("home.draft.erase_title")),
    h("p", {}, words.t("home.draft.erase_about")),
    h("div", { class: "actions" }, h("button", { class: "button danger", type: "button", onclick: erase }, words.t("home.draft.erase_do")), h("button", { class: "button quiet", type: "button", autofocus: true, onclick: close }, words.t("home.draft.erase_not"))),
  );
  document.body.append(dialog);
  dialog.showModal();
}
