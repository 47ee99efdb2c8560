/**
 * Neighbouring layers that one kernel can do at once, with the same results: what lies between them is then never
 * written to memory.
 */
import { type Pool2dOptions, reluMaxPool2d } from './pool2d';
import type { PlacedLayer } from './sequential';

/** The layers with ReLU and a maximum that follows it made one, under the name of the second. */
export function fuseLayers(layers: readonly PlacedLayer[]): PlacedLayer[] {
  const fused: PlacedLayer[] = [];
  for (const placed of layers) {
    const before = fused.at(-1);
    if (before !== undefined && isRelu(before) && isMaximum(placed)) {
      const layer = reluMaxPool2d(placed.layer.description as unknown as Pool2dOptions);
      fused[fused.length - 1] = { ...placed, layer, inputShape: before.inputShape };
    } else {
      fused.push(placed);
    }
  }
  return fused;
}

function isRelu({ layer: { description } }: PlacedLayer): boolean {
  return description.kind === 'activation' && description.activation === 'relu';
}

function isMaximum({ layer: { description } }: PlacedLayer): boolean {
  return description.kind === 'pool2d' && description.pooling === 'max';
}
