import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Description, type DescriptionOf, type Entries, fromDescription, kind } from './kinds';
import { nonNegative, optional, positive } from './schemas';

interface CircleOptions {
  readonly radius: number;
  readonly turns?: number;
}

const shapes = {
  circle: kind(
    'circle',
    { radius: positive, turns: optional(nonNegative) } satisfies Entries<CircleOptions>,
    ({ radius, turns = 1 }: CircleOptions) => `a circle of ${radius}, ${turns} times`,
  ),
  point: kind('point', {}, () => 'a point'),
};

const error = (message: string): Error => new Error(message);
const shapeFrom = (description: unknown): string =>
  fromDescription<string>(shapes, description, { where: 'shape', error });

test('descriptions are a discriminated union', () => {
  expectTypeOf<DescriptionOf<typeof shapes>['kind']>().toEqualTypeOf<'circle' | 'point'>();
  expectTypeOf<Extract<DescriptionOf<typeof shapes>, { kind: 'circle' }>['radius']>().toEqualTypeOf<number>();
});

describe('from a description', () => {
  test('what it stands for is made', () => {
    expect(shapeFrom({ kind: 'circle', radius: 2 })).toBe('a circle of 2, 1 times');
    expect(shapeFrom({ kind: 'point' })).toBe('a point');
  });

  test('an option that is undefined is absent', () => {
    expect(shapeFrom({ kind: 'circle', radius: 2, turns: undefined })).toBe('a circle of 2, 1 times');
  });

  test.each<[unknown, string]>([
    ['circle', "circle: expected a number above 0 as 'radius', got none"],
    [null, 'shape: expected one of circle, point as kind, got null'],
    [{}, 'shape: expected one of circle, point as kind, got none'],
    [{ kind: 'toString' }, 'shape: expected one of circle, point as kind, got toString'],
    [{ kind: 'circle', radius: -1 }, "circle: expected a number above 0 as 'radius', got -1"],
    [{ kind: 'circle', radius: 1, size: 2 }, "circle: expected one of the keys radius, turns, got 'size'"],
    [{ kind: 'point', radius: 1 }, "point: expected no keys, got 'radius'"],
  ])('%j is refused', (description, message) => expect(() => shapeFrom(description)).toThrow(message));
});

test('a description is matched by its kind and its options', () => {
  const described: Description & { readonly radius: unknown } = { kind: 'circle', radius: 2 };
  expect(shapes.circle.match(described)).toEqual({ kind: 'circle', radius: 2 });
  expect(shapes.circle.match({ kind: 'point' })).toBeUndefined();
  expect(shapes.circle.match({ ...described, radius: 'two' } as Description)).toBeUndefined();
});

test('a kind knows the names of its options', () => {
  expect([shapes.circle.name, shapes.circle.options]).toEqual(['circle', ['radius', 'turns']]);
});
