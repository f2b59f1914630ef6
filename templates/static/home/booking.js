// The booking number, as src/appointment/number.rs reads it: eight digits and a check
// digit by Damm, which finds every wrong digit and every two that changed places.

const DIGITS = 9;
const DAMM = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
];

/** The digits of what was typed or read from a code; null where it can be none. */
export function read(typed) {
  const digits = typed.normalize("NFKC").replace(/[\s\-‐‑–—−ー]/gu, "");
  if (digits.length !== DIGITS || !/^[0-9]+$/.test(digits)) return null;
  return [...digits].reduce((interim, digit) => Number(DAMM[interim][digit]), 0) === 0 ? digits : null;
}

/** As people read it aloud. */
export function spaced(digits) {
  return digits.replace(/^(...)(...)/, "$1-$2-");
}

const KEPT = "madoguchi.booking";

/** The number that was brought along from the pages of the booking, once. */
export function brought() {
  try {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    return kept && read(kept);
  } catch {
    return null;
  }
}
