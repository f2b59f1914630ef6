// From answers to codes: what is said is written, sealed for this town's counter, and
// drawn. One code for the whole visit, or, where that would be too fine to read, one for
// as many procedures as it holds.

import { encode as write, minutes } from "../preregistration/body.js";
import { fromBase64url, seal } from "../preregistration/seal.js";
import { known } from "./form.js";
import { encode as draw } from "./qr.js";
import { inOrder, same } from "./value.js";
import { dayNumber, ofNumber, today } from "./wareki.js";

/** Days a code is valid, the day it was made included. */
const DAYS = 30;

/** One procedure alone says more than any code holds. */
export class TooLong extends Error {}

/** The key of this month, or the last one before it; null where none is left. */
export function keyFor(keys, now = Date.now()) {
  const { year, month } = today(now);
  const epoch = `${year}-${String(month).padStart(2, "0")}`;
  const usable = keys.filter((key) => key.epoch <= epoch).sort((one, other) => (one.epoch < other.epoch ? -1 : 1));
  const key = usable.at(-1);
  return key && lastDay(key, now) > dayOf(today(now)) ? key : null;
}

const dayOf = (date) => dayNumber(date.year, date.month, date.day);

/** The last day on which a code made now is taken: its own days, and those of its key. */
function lastDay(key, now) {
  const [year, month] = key.epoch.split("-").map(Number);
  const endOfMonth = dayNumber(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - 1;
  return Math.min(dayOf(today(now)), endOfMonth) + DAYS - 1;
}

/** The codes of a visit: { codes: [{ text, qr }], until }. */
export async function make(definition, visit, now = Date.now()) {
  const key = keyFor(definition.keys, now);
  if (key === null) throw new Error("the key is too old");
  const making = { definition, visit, key, now };
  const groups = await inGroups(making);
  return { codes: groups, until: ofNumber(lastDay(key, now)) };
}

/** As few codes as hold everything, in the order of the procedures. */
async function inGroups(making) {
  const { chosen } = making.visit;
  const whole = await one(making, chosen, 0);
  if (whole) return [whole];
  const made = [];
  for (let from = 0; from < chosen.length; ) {
    let last = null;
    let to = from + 1;
    for (; to <= chosen.length; to += 1) {
      const tried = await one(making, chosen.slice(from, to), made.length);
      if (!tried) break;
      last = tried;
    }
    if (!last) throw new TooLong();
    made.push(last);
    from = to - 1;
  }
  return made;
}

/** One code for some procedures; null where it would be too fine. */
async function one({ definition, visit, key, now }, procedures, n) {
  const content = {
    procedures: procedures.map((one) => one.id),
    answers: said(visit, procedures),
    iat: minutes(new Date(now)),
    jti: visit.jti(n),
    revision: visit.revision,
    // The first of several codes checks in whoever has booked.
    booking: n === 0 ? visit.booking : null,
  };
  const body = write(definition.codebook, content);
  const publicKey = fromBase64url(key.public_key);
  const text = await seal(body, { publicKey, town: definition.town.code });
  const qr = draw(text);
  return qr && { text, qr };
}

/**
 * What a code for these procedures must say so that the counter knows what is known
 * here: what was typed and counts, and what follows only from a procedure in another
 * code. Path → value.
 */
export function said(visit, procedures) {
  const everything = visit.known();
  const forms = visit.formsOf(procedures);
  const paths = new Set(forms.flatMap((form) => form.questions.map((question) => question.id)));
  const preset = new Map(procedures.flatMap((one) => Object.entries(one.preset)).map(([path, value]) => [path, { value, source: "preset" }]));
  const told = new Map(preset);
  const isOurs = (path) => paths.has(path) || path.startsWith("applicant.");
  for (const [path, answer] of visit.answers) {
    if (answer.source === "typed" && isOurs(path) && everything.has(path)) told.set(path, everything.get(path));
  }
  const isLacking = (path, follows) => {
    const here = everything.get(path);
    return here && !told.has(path) && !(follows.has(path) && same(follows.get(path).value, here.value));
  };
  for (;;) {
    const follows = known(forms, told);
    const lacking = inOrder(paths).find((path) => isLacking(path, follows));
    if (lacking === undefined) break;
    told.set(lacking, everything.get(lacking));
  }
  return Object.fromEntries(inOrder(told.keys()).filter((path) => !preset.has(path)).map((path) => [path, told.get(path).value]));
}
