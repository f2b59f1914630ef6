// Words as people type them, and what no words may hold: src/text.rs, src/kana.rs and
// src/form/input/words.rs once more. Nothing is ever normalised but a reading.

// White_Space of Unicode: what the counter trims, which is not quite what JS does.
const BLANKS = "\\u0009-\\u000D\\u0020\\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";
const ENDS = new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, "gu");

// Default_Ignorable_Code_Point and the blank of braille: seen only by what they do
// to others, or not at all.
const INVISIBLE =
  "\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E" +
  "\\u2060-\\u206F\\u2800\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8\\u{1BCA0}-\\u{1BCA3}" +
  "\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E0FFF}";
const BLANK = new RegExp(`^[${BLANKS}${INVISIBLE}]*$`, "u");

// Characters that act on the text around them. A half of a pair is none at all.
const REFUSED =
  /[\p{Cc}\p{Cs}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFF\u{E0000}-\u{E007F}]/u;

// What only shapes or voices the character before it.
const LEANING = /[\p{M}\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;

/** Without blanks at the ends. */
export const trim = (text) => text.replace(ENDS, "");

/** Whether there is nothing to read. */
export const isBlank = (text) => BLANK.test(text);

/** Whether it holds a character that no words may hold. */
export const isRefused = (text) => REFUSED.test(text);

/** Length as people count it. */
export const countChars = (text) => [...text].filter((c) => !LEANING.test(c)).length;

/** Full-width digits and every kind of hyphen as a keyboard without an IME gives them. */
export const ascii = (entry) =>
  entry
    .replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\u2010-\u2015\u2212\uFF0Dー]/g, "-");

/** Katakana for hiragana and half-width katakana; small kana stay small. */
export function toKatakana(text) {
  let katakana = text
    .replace(/[\uFF65-\uFF9F]+/g, (half) => half.normalize("NFKC"))
    .replace(/[ぁ-ゖゝゞ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0x60));
  // A combining voicing mark is joined to its kana; nothing else is normalised.
  katakana = katakana.replace(/[\u3041-\u30FF][\u3099\u309A]/g, (pair) => {
    const joined = pair.normalize("NFC");
    return joined.length === 1 ? joined : pair;
  });
  return katakana;
}

/** Whether it can stand on a フリガナ line. */
export const isReading = (text) => /^[ァ-ヺー・　 ヽヾA-Za-z\-'.,]*$/.test(text);
