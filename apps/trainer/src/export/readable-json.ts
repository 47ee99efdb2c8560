/** A model as JSON to look at: the network, and every weight at its place, in as few digits as tell it apart. */
import { describeNetwork } from '@longhand/layers';
import type { Tensor } from '@longhand/tensor';
import type { Model } from '@longhand/training';

/**
 * The text, a line for each row of numbers. Kernels are as the network has them: those of true convolutions are not turned.
 *
 * @example JSON.parse(readableJson(model)).parameters['fc.weight'][3] // what the 3 listens to
 */
export function readableJson({ network, parameters, normalization, classes, training }: Model): string {
  const { input, layers } = describeNetwork(network);
  const weights = parameters.entries.map(
    ({ path }) => `    ${JSON.stringify(path)}: ${nested(parameters.get(path), '    ')}`,
  );
  const lines = layers.map((layer) => `      ${JSON.stringify(layer)}`);
  return `{
  "network": {
    "input": ${JSON.stringify(input)},
    "layers": [
${lines.join(',\n')}
    ]
  },
  "normalization": ${JSON.stringify(normalization)},
  "classes": ${JSON.stringify(classes)},
  "training": ${JSON.stringify(training ?? {})},
  "parameters": {
${weights.join(',\n')}
  }
}
`;
}

/** Lists in lists, the innermost on one line. */
function nested({ shape, data }: Tensor, indent: string): string {
  const [extent, ...rest] = shape;
  if (rest.length === 0) return `[${Array.from(data, shortest).join(', ')}]`;
  const size = data.length / extent;
  const inner = `${indent}  `;
  const parts = Array.from({ length: extent }, (_, at) => {
    const part = data.subarray(at * size, (at + 1) * size);
    return `${inner}${nested({ dtype: 'float32', shape: rest, data: part }, inner)}`;
  });
  return `[\n${parts.join(',\n')}\n${indent}]`;
}

/** The shortest decimal that is this float32 and no other. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
