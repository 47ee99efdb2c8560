/**
 * The one random generator of the project: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom
 * number generators", 2021), seeded by hashing a key. Its arithmetic is 32-bit integers and multiplications by
 * powers of two, so every engine draws the same numbers.
 */

import { log } from './math/log';
import { cos } from './math/trigonometric';

/** The state of a generator: four words, whole numbers from 0 to 2³² − 1. */
export type RandomState = readonly [number, number, number, number];

/**
 * A seeded generator of random numbers.
 *
 * Streams are distinguished by name: `fork('shuffle')` depends on the seed and the name alone, never on how many
 * numbers were drawn before, so adding a new consumer changes no other's numbers.
 *
 * @example
 * const random = seededRandom(42);
 * random.uniform() < 1; // true (the same number on every machine)
 * random.fork('conv1.weight').key; // '42/conv1.weight' (a stream of its own)
 */
export class Random {
  readonly #key: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(key: string, state: RandomState = hash(key)) {
    this.#key = key;
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /**
   * An independent stream, named; drawing from one does not move the other. Names are paths: `fork('a/b')` is the
   * stream of `fork('a').fork('b')`.
   */
  fork(label: string | number): Random {
    return new Random(`${this.#key}/${label}`);
  }

  /** The state, for a checkpoint; {@link restoredRandom} continues from it. */
  get state(): RandomState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0];
  }

  /** The name of this stream: its seed and the labels of its forks. */
  get key(): string {
    return this.#key;
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return scrambled;
  }

  /** A number in `[low, high)` with 53 random bits; with bounds other than 0 and 1, rounding may give `high` itself. */
  uniform(low = 0, high = 1): number {
    const bits = (this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6);
    return low + (high - low) * (bits * 2 ** -53);
  }

  /** A whole number from 0 to `bound − 1`, every one equally likely; `bound` at most 2³². */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(`integer: expected a bound from 1 to 4294967296, got ${bound}`);
    }
    // The last, incomplete round of the range would favor small numbers: draw again.
    const fair = 2 ** 32 - (2 ** 32 % bound);
    let drawn = this.uint32();
    while (drawn >= fair) drawn = this.uint32();
    return drawn % bound;
  }

  /**
   * A normal deviate, by the Box–Muller transform of two uniform numbers. The second deviate that the transform offers
   * is not kept: a generator is its four words and nothing else.
   *
   * @param mean Default: 0.
   * @param std the standard deviation. Default: 1.
   */
  normal(mean = 0, std = 1): number {
    const radius = Math.sqrt(-2 * log(1 - this.uniform()));
    return mean + std * radius * cos(2 * Math.PI * this.uniform());
  }

  /** Reorders `items` in place, every order equally likely (Fisher and Yates). */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = items[last];
      items[last] = items[other];
      items[other] = kept;
    }
    return items;
  }
}

/**
 * The generator of a seed: a whole number, or any text.
 *
 * @example seededRandom(42).integer(10) < 10; // true (the same number on every machine)
 */
export function seededRandom(seed: number | string): Random {
  return new Random(String(seed));
}

/**
 * The generator of `key` as it stood when `state` was read.
 *
 * @throws RangeError when the words are not those of a generator
 * @example
 * const random = seededRandom(42);
 * const { key, state } = random;
 * random.uint32() === restoredRandom(key, state).uint32(); // true
 */
export function restoredRandom(key: string, state: RandomState): Random {
  const words = state.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32);
  if (state.length !== 4 || !words || state.every((word) => word === 0)) {
    throw new RangeError(
      `restoredRandom: expected four whole numbers from 0 to 4294967295, not all of them 0, got [${state.join(', ')}]`,
    );
  }
  return new Random(key, state);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Four well-mixed words from a text: one multiplicative hash a word, each with its own start and multiplier. */
function hash(key: string): RandomState {
  const words: [number, number, number, number] = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
  const multipliers = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let at = 0; at < key.length; at++) {
    for (let lane = 0; lane < 4; lane++) {
      words[lane] = Math.imul((words[lane] as number) ^ key.charCodeAt(at), multipliers[lane] as number);
      words[lane] = rotateLeft(words[lane] as number, 13 + lane);
    }
  }
  for (let lane = 0; lane < 4; lane++) {
    let word = (words[lane] as number) ^ (words[(lane + 1) % 4] as number) ^ key.length;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    words[lane] = word ^ (word >>> 16);
  }
  // The generator cannot leave the state of four zeros.
  if (words.every((word) => word === 0)) words[0] = 1;
  return words;
}
