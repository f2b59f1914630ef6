// A draft on this device, only where its owner asked for one, and gone after the time a
// code is valid. Nothing else is ever stored.

import { Visit } from "./visit.js";

const KEY = "madoguchi.draft";
const DAYS = 30;

/** Whether this browser can keep anything. */
export function canKeep() {
  try {
    localStorage.getItem(KEY);
    return true;
  } catch {
    return false;
  }
}

/** The draft that is kept, or null. One that is too old or not understood is erased. */
export function kept(definition, now = Date.now()) {
  if (!canKeep()) return null;
  const text = localStorage.getItem(KEY);
  if (text === null) return null;
  try {
    const { at, town, visit } = JSON.parse(text);
    if (town === definition.town.code && now - at < DAYS * 86_400_000 && at <= now) {
      return Visit.read(definition, visit);
    }
  } catch {
    // Written by another version of the page.
  }
  erase();
  return null;
}

/** Keeps the visit as it stands. */
export function keep(definition, visit, now = Date.now()) {
  const draft = { at: now, town: definition.town.code, visit: visit.written() };
  localStorage.setItem(KEY, JSON.stringify(draft));
}

export function erase() {
  if (canKeep()) localStorage.removeItem(KEY);
}
