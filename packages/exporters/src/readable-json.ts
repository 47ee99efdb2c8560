/** A model as JSON for people: the network, and every weight as a number. */
import { describeNetwork } from '@longhand/layers';
import { isRecord, withModuleNames } from '@longhand/schema';
import type { Tensor } from '@longhand/tensor';
import type { EncodeOptions, Model } from '@longhand/training';

/**
 * The text, a line for each layer and each row of numbers. Kernels are as the network has them: those of true convolutions are not turned.
 *
 * @example JSON.parse(readableJson(model)).parameters['fc.weight'][3] // what the 3 listens to
 */
export function readableJson(
  { network, parameters, normalization, classes, training }: Model,
  { moduleName = (url) => url }: EncodeOptions = {},
): string {
  const { input, layers } = withModuleNames(describeNetwork(network), moduleName);
  const numbers = (entries: readonly { readonly path: string }[]): string =>
    entries.map(({ path }) => `    ${JSON.stringify(path)}: ${nested(parameters.get(path), '    ')}`).join(',\n');
  const { entries, bufferEntries } = parameters;
  const buffers = bufferEntries.length === 0 ? '' : `,\n  "buffers": {\n${numbers(bufferEntries)}\n  }`;
  return `{
  "network": {
    "input": ${JSON.stringify(input)},
    "layers": ${layerList(layers, '    ')}
  },
  "normalization": ${JSON.stringify(normalization)},
  "classes": ${JSON.stringify(classes)},
  "training": ${JSON.stringify(training ?? {})},
  "parameters": {
${numbers(entries)}
  }${buffers}
}
`;
}

/** Each layer on a line, those of a block's branches too. */
function layerList(layers: readonly object[], indent: string): string {
  const inner = `${indent}  `;
  const lines = layers.map((layer) => {
    const members = Object.entries(layer).map(([key, value]) => {
      const isBranch = Array.isArray(value) && value.length > 0 && value.every(isRecord);
      return `${JSON.stringify(key)}:${isBranch ? layerList(value, inner) : JSON.stringify(value)}`;
    });
    return `${inner}{${members.join(',')}}`;
  });
  return `[\n${lines.join(',\n')}\n${indent}]`;
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
