import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, type RandomState, restoredRandom, seededRandom } from './random';

const draws = <T>(count: number, draw: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => draw(index));

/** How far values below `bins` are from equally frequent: Pearson's statistic, in standard deviations above its mean. */
function chiSquareExcess(bins: number, values: readonly number[]): number {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  const expected = values.length / bins;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}

/** The share of the bits of their first 64 words in which two streams differ. */
function shareOfDifferentBits(a: Random, b: Random): number {
  let different = 0;
  for (let word = 0; word < 64; word++) {
    for (let bits = a.uint32() ^ b.uint32(); bits !== 0; bits &= bits - 1) different++;
  }
  return different / (64 * 32);
}

describe('the numbers of a seed', () => {
  test('are those of xoshiro128**', () => {
    // Its published algorithm, run elsewhere from the state 1, 2, 3, 4.
    const random = restoredRandom('reference', [1, 2, 3, 4]);
    expect(draws(8, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849,
    ]);
  });

  test('never change', () => {
    expect(seededRandom(42).state).toEqual([1348158466, 3421163455, 3440834023, 68931023]);
    const random = seededRandom(42);
    expect(draws(4, () => random.uniform())).toEqual([
      0.13773047716255427, 0.18468516770225907, 0.7224006836493525, 0.7610403920482607,
    ]);
    expect(draws(6, () => random.integer(10))).toEqual([6, 5, 1, 9, 2, 6]);
    const weights = seededRandom(42).fork('conv1.weight');
    expect(draws(3, () => weights.normal())).toEqual([-2.3269191943226133, -0.6681305045904361, 1.5131848621914556]);
    expect(seededRandom(42).shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([6, 5, 2, 0, 3, 8, 1, 4, 9, 7]);
  });

  test('are the same for a seed given as a number and as text', () => {
    expect(seededRandom('42').state).toEqual(seededRandom(42).state);
  });
});

describe('uniform', () => {
  test('fills [0, 1) evenly, down to the last of its 53 bits', () => {
    const random = seededRandom('uniform');
    const values = draws(100_000, () => random.uniform());
    const percents = values.map((value) => Math.floor(value * 100));
    const lastBits = values.map((value) => Number(BigInt(value * 2 ** 53) & 7n));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(chiSquareExcess(100, percents)).toBeLessThan(4);
    expect(chiSquareExcess(8, lastBits)).toBeLessThan(4);
  });

  test('keeps to other bounds', () => {
    const random = seededRandom('bounds');
    const values = draws(10_000, () => random.uniform(-3, 5));
    const floors = values.map((value) => Math.floor(value + 3));
    expect(values.every((value) => value >= -3 && value < 5)).toBe(true);
    expect(chiSquareExcess(8, floors)).toBeLessThan(4);
  });

  test('shows no trace of the number before', () => {
    const random = seededRandom('pairs');
    const pairs = draws(100_000, () => random.integer(16) * 16 + random.integer(16));
    expect(chiSquareExcess(256, pairs)).toBeLessThan(4);
  });
});

describe('integer', () => {
  test.each([2, 3, 7, 10, 60])('below %d favors no number', (bound) => {
    const random = seededRandom(`integer ${bound}`);
    const values = draws(60_000, () => random.integer(bound));
    expect(chiSquareExcess(bound, values)).toBeLessThan(4);
  });

  test('favors none where the words do not divide evenly either', () => {
    // Without a second draw the first third of this bound, ¾ of all words, would come twice as often as the rest.
    const random = seededRandom('integer of a great bound');
    const thirds = draws(30_000, () => Math.floor(random.integer(3 * 2 ** 30) / 2 ** 30));
    expect(chiSquareExcess(3, thirds)).toBeLessThan(4);
  });

  test('takes bounds from 1 to 2³²', () => {
    const random = seededRandom(1);
    expect(random.integer(1)).toBe(0);
    expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32);
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, NaN, Infinity]) {
      expect(() => random.integer(bound)).toThrow(
        new RangeError(`integer: expected a bound from 1 to 4294967296, got ${bound}`),
      );
    }
  });
});

describe('normal', () => {
  const count = 200_000;
  const random = seededRandom('normal');
  const values = draws(count, () => random.normal());
  const moment = (order: number): number => values.reduce((sum, value) => sum + value ** order, 0) / count;

  // Each bound is four standard errors of the moment of a true normal sample.
  test('has mean 0 and variance 1', () => {
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  });

  test('leans to no side and has the tails of a normal', () => {
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
    const beyondThree = values.filter((value) => Math.abs(value) > 3).length;
    expect(Math.abs(beyondThree / count - 0.0026998)).toBeLessThan(4 * Math.sqrt(0.0027 / count));
  });

  test('takes a mean and a deviation', () => {
    expect(seededRandom(3).normal(10, 0.5)).toBe(10 + 0.5 * seededRandom(3).normal());
  });
});

describe('fork', () => {
  test('depends on the names alone, not on what was drawn before', () => {
    const used = seededRandom(7);
    draws(100, () => used.uint32());
    expect(used.fork('shuffle').state).toEqual(seededRandom(7).fork('shuffle').state);
  });

  test('leaves the stream that it came from where it was', () => {
    const random = seededRandom(7);
    random.fork('a').uniform();
    expect(random.state).toEqual(seededRandom(7).state);
  });

  test('is named by a path', () => {
    const stream = seededRandom(7).fork('epoch').fork(3);
    expect(stream.key).toBe('7/epoch/3');
    expect(stream.state).toEqual(seededRandom(7).fork('epoch/3').state);
  });

  test.each([
    ['1', '2'],
    ['1', '1/a'],
    ['1/a', '1/b'],
    ['1/a', '2/a'],
    ['12', '21'],
    ['', '0'],
    ['a', 'aa'],
    ['42/conv1.weight', '42/conv2.weight'],
    ['42/conv1.weight', '42/conv1.bias'],
  ])('gives "%s" and "%s" unrelated streams', (a, b) => {
    // Half of 2048 bits, give or take 4.5 standard deviations.
    expect(Math.abs(shareOfDifferentBits(seededRandom(a), seededRandom(b)) - 0.5)).toBeLessThan(0.05);
  });

  test('gives counted seeds unrelated first numbers', () => {
    const first = draws(100_000, (seed) => seededRandom(seed).integer(16));
    const pairs = first.slice(1).map((value, index) => value * 16 + (first[index] as number));
    expect(chiSquareExcess(256, pairs)).toBeLessThan(4);
  });

  test('gives no two names the same stream', () => {
    const states = draws(50_000, (epoch) => seededRandom(1).fork(epoch).state.join());
    expect(new Set(states).size).toBe(states.length);
  });
});

describe('shuffle', () => {
  test('loses and doubles nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const shuffled = seededRandom(seed).shuffle([...items]);
        expect(shuffled.sort((a, b) => a - b)).toEqual(items.sort((a, b) => a - b));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('reorders typed arrays in place', () => {
    const indices = Uint32Array.from(draws(100, (index) => index));
    expect(seededRandom(1).shuffle(indices)).toBe(indices);
    expect([...indices]).not.toEqual(draws(100, (index) => index));
    expect(new Set(indices).size).toBe(100);
  });

  test('makes every order equally likely', () => {
    const random = seededRandom('orders');
    const orders = draws(48_000, () => random.shuffle(['a', 'b', 'c', 'd']).join(''));
    const names = [...new Set(orders)];
    const numbered = orders.map((order) => names.indexOf(order));
    expect(names).toHaveLength(24);
    expect(chiSquareExcess(24, numbered)).toBeLessThan(4);
  });
});

describe('restoredRandom', () => {
  test('goes on where the generator stood, also after a way through JSON', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 50 }), (seed, drawn) => {
        const random = seededRandom(seed);
        draws(drawn, () => random.uint32());
        const state: RandomState = JSON.parse(JSON.stringify(random.state));
        const restored = restoredRandom(random.key, state);
        expect(draws(5, () => restored.uniform())).toEqual(draws(5, () => random.uniform()));
        expect(restored.fork('a').state).toEqual(random.fork('a').state);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test.each([[[0, 0, 0, 0]], [[1, 2, 3]], [[1, 2, 3, -4]], [[1, 2, 3, 2 ** 32]], [[1, 2, 3, 0.5]], [[1, 2, 3, NaN]]])(
    'refuses the words %j',
    (words) => {
      expect(() => restoredRandom('a', words as unknown as RandomState)).toThrow(
        `expected four whole numbers from 0 to 4294967295, not all of them 0, got [${words.join(', ')}]`,
      );
    },
  );
});
