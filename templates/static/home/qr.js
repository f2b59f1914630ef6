// QR codes (ISO/IEC 18004) in alphanumeric mode, versions 1 to 20: as much as a code
// for the counter ever needs. Correction M up to version 17, then L: a coarser code is
// read better than a finer one that corrects more.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
export const VERSION_MAX = 20;
const VERSION_MAX_AT_M = 17;

// By version: codewords of correction in a block, and how many blocks.
const LEVELS = {
  L: {
    bits: 0b01,
    correction: [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28],
    blocks: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8],
  },
  M: {
    bits: 0b00,
    correction: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26],
    blocks: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16],
  },
};

/** Light modules around the code, each side. */
export const QUIET = 4;

/**
 * The code of `text`: { version, level, side, dark }, `dark` row by row from the top.
 * null when it is too long.
 */
export function encode(text) {
  const fitting = (level, most) => {
    for (let version = 1; version <= most; version += 1) {
      if (text.length <= capacity(version, level)) return { version, level };
    }
    return null;
  };
  const found = fitting("M", VERSION_MAX_AT_M) ?? fitting("L", VERSION_MAX);
  return found && encodeAs(text, found.version, found.level);
}

/** Characters that a code holds. */
export function capacity(version, level) {
  const free = dataLength(version, level) * 8 - 4 - countBits(version);
  return Math.floor(free / 11) * 2 + (free % 11 >= 6 ? 1 : 0);
}

/** The code of `text` in just this version. */
export function encodeAs(text, version, level) {
  const canvas = new Canvas(version);
  canvas.place(interleaved(codewords(text, version, level), version, level));
  canvas.format(LEVELS[level].bits);
  return { version, level, side: canvas.side, dark: canvas.dark };
}

const countBits = (version) => (version < 10 ? 9 : 11);

const lengths = new Map();

/** Codewords of both kinds together: what the patterns leave free. */
function wholeLength(version) {
  if (!lengths.has(version)) lengths.set(version, Math.floor(new Canvas(version).free / 8));
  return lengths.get(version);
}

function dataLength(version, level) {
  const { correction, blocks } = LEVELS[level];
  return wholeLength(version) - correction[version - 1] * blocks[version - 1];
}

/** The text as codewords, filled up to what the version holds. */
function codewords(text, version, level) {
  const bits = [];
  const put = (number, length) => {
    for (let at = length - 1; at >= 0; at -= 1) bits.push((number >> at) & 1);
  };
  put(0b0010, 4);
  put(text.length, countBits(version));
  const values = [...text].map((c) => ALPHABET.indexOf(c));
  if (values.includes(-1)) throw new RangeError("not alphanumeric");
  for (let at = 0; at + 1 < values.length; at += 2) put(values[at] * 45 + values[at + 1], 11);
  if (values.length % 2 === 1) put(values.at(-1), 6);
  const length = dataLength(version, level);
  put(0, Math.min(4, length * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const words = [];
  for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((word, bit) => word * 2 + bit, 0));
  for (let fill = 0xec; words.length < length; fill ^= 0xec ^ 0x11) words.push(fill);
  return words;
}

/** In blocks, each with its correction, taken in turns. */
function interleaved(words, version, level) {
  const count = LEVELS[level].blocks[version - 1];
  const correction = LEVELS[level].correction[version - 1];
  const shorter = Math.floor(words.length / count);
  const longer = words.length % count;
  const blocks = [];
  for (let n = 0, at = 0; n < count; n += 1) {
    const length = shorter + (n >= count - longer ? 1 : 0);
    blocks.push(words.slice(at, at + length));
    at += length;
  }
  const corrections = blocks.map((block) => corrected(block, correction));
  const turns = (rows, most) =>
    Array.from({ length: most }, (_, at) => rows.filter((row) => at < row.length).map((row) => row[at])).flat();
  return [...turns(blocks, shorter + 1), ...turns(corrections, correction)];
}

// The field of 256: powers of 2, and their logarithms.
const POWERS = [1];
for (let n = 1; n < 255; n += 1) {
  const next = POWERS[n - 1] * 2;
  POWERS.push(next > 255 ? next ^ 0x11d : next);
}
const LOGARITHMS = new Map(POWERS.map((power, n) => [power, n]));
const times = (one, other) =>
  one === 0 || other === 0 ? 0 : POWERS[(LOGARITHMS.get(one) + LOGARITHMS.get(other)) % 255];

/** The Reed–Solomon remainder of a block. */
function corrected(block, length) {
  let generator = [1];
  for (let n = 0; n < length; n += 1) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => { next[at + 1] ^= times(factor, POWERS[n]); });
    generator = next;
  }
  const rest = new Array(length).fill(0);
  for (const word of block) {
    const lead = word ^ rest.shift();
    rest.push(0);
    for (let at = 0; at < length; at += 1) rest[at] ^= times(generator[at + 1], lead);
  }
  return rest;
}

/** Rest of a division of bits: how format and version protect themselves. */
function protectedBits(number, generator) {
  const length = generator.toString(2).length - 1;
  let rest = number << length;
  while (rest.toString(2).length > length && rest !== 0) {
    rest ^= generator << (rest.toString(2).length - 1 - length);
  }
  return (number << length) | rest;
}

class Canvas {
  constructor(version) {
    this.side = version * 4 + 17;
    this.dark = new Array(this.side * this.side).fill(false);
    this.fixed = new Array(this.side * this.side).fill(false);
    this.#patterns(version);
  }

  /** Modules that hold data. */
  get free() {
    return this.fixed.filter((fixed) => !fixed).length;
  }

  #set(row, column, dark) {
    const at = row * this.side + column;
    this.dark[at] = dark;
    this.fixed[at] = true;
  }

  #patterns(version) {
    const end = this.side - 1;
    for (let n = 0; n <= end; n += 1) {
      this.#set(6, n, n % 2 === 0);
      this.#set(n, 6, n % 2 === 0);
    }
    for (const [row, column] of [[3, 3], [3, end - 3], [end - 3, 3]]) this.#rings(row, column, 4, [0, 1, 3]);
    const centres = alignment(version);
    for (const row of centres) {
      for (const column of centres) {
        const atFinder = [[6, 6], [6, end - 6], [end - 6, 6]].some(([r, c]) => r === row && c === column);
        if (!atFinder) this.#rings(row, column, 2, [0, 2]);
      }
    }
    this.format(0);
    if (version >= 7) this.#version(version);
  }

  /** Squares around a centre, dark at these distances; what lies outside is left out. */
  #rings(row, column, reach, dark) {
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        const [r, c] = [row + dy, column + dx];
        if (r < 0 || c < 0 || r >= this.side || c >= this.side) continue;
        this.#set(r, c, dark.includes(Math.max(Math.abs(dy), Math.abs(dx))));
      }
    }
  }

  /** Level and mask, twice, and the module that is always dark. The mask is always the first. */
  format(level) {
    const bits = protectedBits(level << 3, 0b10100110111) ^ 0b101010000010010;
    const bit = (n) => ((bits >> n) & 1) === 1;
    const end = this.side - 1;
    for (let n = 0; n < 15; n += 1) {
      const down = n < 6 ? n : n < 8 ? n + 1 : end - 14 + n;
      const left = n < 8 ? end - n : n === 8 ? 7 : 14 - n;
      this.#set(down, 8, bit(n));
      this.#set(8, left, bit(n));
    }
    this.#set(end - 7, 8, true);
  }

  #version(version) {
    const bits = protectedBits(version, 0b1111100100101);
    for (let n = 0; n < 18; n += 1) {
      const [far, near] = [this.side - 11 + (n % 3), Math.floor(n / 3)];
      this.#set(far, near, ((bits >> n) & 1) === 1);
      this.#set(near, far, ((bits >> n) & 1) === 1);
    }
  }

  /** Lays the codewords, two columns at a time, up and down from the right, and masks them. */
  place(words) {
    const bits = words.flatMap((word) => Array.from({ length: 8 }, (_, at) => (word >> (7 - at)) & 1));
    let next = 0;
    let upward = true;
    for (let right = this.side - 1; right > 0; right -= 2) {
      if (right === 6) right -= 1;
      for (let step = 0; step < this.side; step += 1) {
        const row = upward ? this.side - 1 - step : step;
        for (const column of [right, right - 1]) {
          const at = row * this.side + column;
          if (this.fixed[at]) continue;
          const bit = (bits[next] ?? 0) === 1;
          next += 1;
          this.dark[at] = bit !== ((row + column) % 2 === 0);
        }
      }
      upward = !upward;
    }
  }
}

/** Where the small squares stand, in rows and columns alike. */
function alignment(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const last = version * 4 + 10;
  const step = Math.ceil((last - 6) / (count - 1) / 2) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, n) => last - step * (count - 2 - n))];
}
