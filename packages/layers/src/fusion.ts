/**
 * Neighbouring layers that one kernel can do at once, with less work: a convolution, ReLU and a maximum, or ReLU and a
 * maximum alone. Results are the same up to rounding.
 */
import type { Conv2dOptions } from './conv2d';
import { type Pool2dOptions, reluMaxPool2d } from './pool2d';
import { pooledConv2d } from './pooled-conv2d';
import type { NamedLayer } from './sequential';

/** The layers with those made one: under the name of the convolution, whose parameters they keep, or of the maximum. */
export function fuseLayers(layers: readonly NamedLayer[]): NamedLayer[] {
  const fused: NamedLayer[] = [];
  for (const placed of layers) {
    const [conv, relu] = [fused.at(-2), fused.at(-1)];
    if (relu === undefined || !isRelu(relu) || !isMaximum(placed)) {
      fused.push(placed);
      continue;
    }
    const pooling = placed.layer.description as unknown as Pool2dOptions;
    fused.pop();
    if (conv !== undefined && conv.layer.description.kind === 'conv2d') {
      const layer = pooledConv2d(conv.layer.description as unknown as Conv2dOptions, pooling);
      fused.pop();
      fused.push({ ...conv, layer, outputShape: placed.outputShape });
    } else {
      fused.push({ ...placed, layer: reluMaxPool2d(pooling), inputShape: relu.inputShape });
    }
  }
  return fused;
}

function isRelu({ layer: { description } }: NamedLayer): boolean {
  return description.kind === 'activation' && description.activation === 'relu';
}

function isMaximum({ layer: { description } }: NamedLayer): boolean {
  return description.kind === 'pool2d' && description.pooling === 'max';
}
