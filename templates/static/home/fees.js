// What the copies cost: src/procedure/fee.rs once more.

import { count, holds, inOrder } from "./value.js";

/**
 * The lines of the bill: { name, count, unit, amount, exempt }; null where something
 * has no price on the day the page was made.
 */
export function lines(definition, forms, known) {
  const lines = [];
  if (!definition.charges) return lines;
  for (const form of forms) {
    for (const question of form.questions) {
      const copies = known.get(question.id)?.value.copies;
      for (const option of copies ? inOrder(Object.keys(copies)) : []) {
        if (copies[option] === 0) continue;
        const fee = definition.fees.find((fee) => fee.form === form.id && fee.option === option && isFor(fee, question.id));
        if (!fee) return null;
        lines.push(line(fee, question.id, copies[option], known, exemption(definition, form.id, option, known)));
      }
    }
  }
  return lines;
}

/** The price of copies that were counted at `path`. */
function line(fee, path, copies, known, exempt) {
  const counted = (question) => {
    const value = known.get(question.replaceAll("#", String(rowOf(fee, path))))?.value;
    return value ? count(value) : 0;
  };
  // Whatever is not said yet, at least the copy itself is paid for.
  const each = Math.ceil(Math.max(1, fee.per === undefined ? 1 : counted(fee.per)) / (fee.per_each ?? 1));
  const further = fee.more ? fee.more.yen * Math.max(0, counted(fee.more.question) - fee.more.included) : 0;
  const [times, unit] = [copies * each, fee.yen + further];
  return { name: fee.name, count: times, unit, amount: exempt ? 0 : times * unit, exempt };
}

/** The ground on which the form is exempt by what was answered, if it is for the option. */
function exemption(definition, form, option, known) {
  const isFor = (ids, id) => ids === undefined || ids.includes(id);
  const own = definition.exemptions.filter((one) => isFor(one.forms, form));
  const first = own.find((one) => holds(one.when, known.get(one.when.question)?.value));
  return first && isFor(first.options, option) ? first : null;
}

const isRow = (part) => /^\d+$/.test(part);

/** Whether the price, in whose question `#` stands for every row, is for `path`. */
function isFor(fee, path) {
  const [written, parts] = [fee.question.split("."), path.split(".")];
  return written.length === parts.length && written.every((part, at) => part === parts[at] || (part === "#" && isRow(parts[at])));
}

/** The row of the copies; 1 where there are none. */
function rowOf(fee, path) {
  const parts = path.split(".");
  return Number(parts.find((part, at) => fee.question.split(".")[at] === "#" && isRow(part)) ?? 1);
}
