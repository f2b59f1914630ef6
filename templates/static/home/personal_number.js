// Keeps the 個人番号 out: src/personal_number.rs once more. Twelve digits that pass
// the check digit are found whatever stands between them.

const LENGTH = 12;
const SEPARATORS_MAX = 3;
const SEPARATORS = new Set(
  " \u3000\u00A0\t" + "-－﹣‐‑‒–—―−ー─━" + "・･·•.．。｡" + ",，、､/／_＿~〜～" + "()（）[]［］「」",
);

/** Whether twelve digits in a row may be a 個人番号. */
export function contains(text) {
  let run = newRun();
  for (const c of [...text, "\n"]) {
    const digit = digitOf(c);
    if (digit !== null) {
      if (run.separators > 0 && run.digits.length > 0) run.begins.push(run.digits.length);
      run.separators = 0;
      run.digits.push(digit);
    } else if (!(SEPARATORS.has(c) && ++run.separators <= SEPARATORS_MAX)) {
      if (holdsNumber(run)) return true;
      run = newRun();
    }
  }
  return false;
}

const newRun = () => ({ digits: [], begins: [], separators: 0 });

function digitOf(c) {
  if (c >= "０" && c <= "９") return c.charCodeAt(0) - 0xff10;
  return c >= "0" && c <= "9" ? Number(c) : null;
}

/** Whether any groups in a row are twelve digits. Twelve inside one longer group are none. */
function holdsNumber({ digits, begins }) {
  const ends = new Set([...begins, digits.length]);
  return [0, ...begins].some((from) => ends.has(from + LENGTH) && isNumber(digits.slice(from, from + LENGTH)));
}

function isNumber(digits) {
  let sum = 0;
  for (let n = 1; n < LENGTH; n += 1) {
    sum += digits[LENGTH - 1 - n] * (n <= 6 ? n + 1 : n - 5);
  }
  const rest = sum % 11;
  return digits[LENGTH - 1] === (rest <= 1 ? 0 : 11 - rest);
}
