// What the copies cost: src/procedure/fee.rs once more.

import { count, inOrder } from "./value.js";

/** The lines of the bill: { name, count, unit, amount }. */
export function lines(definition, forms, known) {
  const lines = [];
  for (const form of forms) {
    for (const question of form.questions) {
      const copies = known.get(question.id)?.value.copies;
      for (const option of copies ? inOrder(Object.keys(copies)) : []) {
        const fee = definition.fees.find((fee) => fee.form === form.id && fee.option === option && isFor(fee, question.id));
        if (fee) lines.push(line(fee, question.id, copies[option], known));
      }
    }
  }
  return lines;
}

/** The price of copies that were counted at `path`. */
function line(fee, path, copies, known) {
  const counted = (question) => {
    const value = known.get(question.replaceAll("#", String(rowOf(fee, path))))?.value;
    return value ? count(value) : 0;
  };
  // Whatever is not said yet, at least the copy itself is paid for.
  const each = Math.max(1, fee.per === undefined ? 1 : counted(fee.per));
  const further = fee.more ? fee.more.yen * Math.max(0, counted(fee.more.question) - fee.more.included) : 0;
  const [times, unit] = [copies * each, fee.yen + further];
  return { name: fee.name, count: times, unit, amount: times * unit };
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
