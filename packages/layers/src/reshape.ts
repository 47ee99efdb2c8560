/** Layers whose output is the input in another shape; see `@longhand/kernels`, `reshape/reshape.ts`. */
import { type ImageShape, keepsMemoryOrder, reshapeGeometry } from '@longhand/kernels';
import { builtIn, type Description, type Entries, kind, type Named, where } from '@longhand/schema';
import { formatShape, type Shape, ShapeError, sizeOf } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { allocateOutput, identityPass, type Layer, nothing } from './layer';

/**
 * Any shape made a vector, in PyTorch's order: channel by channel, row by row.
 *
 * @example flatten(); // [4, 4, 12] → [192]
 */
export function flatten(): Layer<Named<'flatten', object>, never> {
  return reshaping({ kind: 'flatten' }, (input) => [sizeOf(input)]);
}

/** The options of {@link reshape}. */
export interface ReshapeOptions {
  /** `[height, width, channels]`, `[length, channels]` or `[features]`. */
  readonly shape: Shape;
}

/**
 * The same numbers, in reading order (channel, row, column), in another shape.
 *
 * @throws ShapeError, when prepared, if the shapes differ in size
 * @example reshape({ shape: [4, 1] }); // [2, 2] → [4, 1] (two channels of length two, laid end to end)
 */
export function reshape(options: ReshapeOptions): Layer<Named<'reshape', ReshapeOptions>, never> {
  const { shape } = checkedOptions<ReshapeOptions>(reshapeKind, options);
  return reshaping({ kind: 'reshape', shape }, () => shape);
}

function reshaping<Described extends Description>(
  description: Described,
  outputShapeOf: (input: Shape) => Shape,
): Layer<Described, never> {
  return builtIn({
    description,
    outputShape(where, input) {
      const output = outputShapeOf(input);
      reshapeGeometry(where, 1, asImage(where, input), asImage(where, output));
      return output;
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx } = binding;
      const outputShape = outputShapeOf(inputShape);
      const geometry = reshapeGeometry(where, capacity, asImage(where, inputShape), asImage(where, outputShape));
      if (keepsMemoryOrder(geometry)) return identityPass(binding);
      const { y, dy } = allocateOutput(binding, outputShape);
      return {
        y,
        dy,
        forward: kernels.prepare('reshape', geometry, { x, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('reshapeInputGrad', geometry, { dy, dx }) : nothing,
      };
    },
  });
}

/** A vector is one row of one channel, a sequence one row of several. */
function asImage(where: string, shape: Shape): ImageShape {
  switch (shape.length) {
    case 1:
      return [1, shape[0], 1];
    case 2:
      return [1, shape[0], shape[1]];
    case 3:
      return shape as ImageShape;
    default:
      throw new ShapeError(`${where}: expected one to three axes, got ${formatShape(shape)}`);
  }
}

export const flattenKind = kind('flatten', {}, flatten);

export const reshapeKind = kind(
  'reshape',
  { shape: where<Shape>('a list of numbers', isNumbers) } satisfies Entries<ReshapeOptions>,
  reshape,
);

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}
