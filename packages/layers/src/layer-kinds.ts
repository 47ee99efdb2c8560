/** The registry of layers. Network files, model files, worker threads and summaries follow from it. */
import { type Description, type DescriptionOf, isBuiltIn } from '@longhand/schema';
import { activationKind, softmaxKind } from './activations';
import { batchNormKind } from './batch-norm';
import { conv1dKind, conv2dKind } from './conv2d';
import { crop2dKind } from './crop2d';
import { denseKind } from './dense';
import { dropoutKind } from './dropout';
import { globalAveragePoolKind } from './global-average-pool';
import type { Layer, LayerKind, LayerPlace } from './layer';
import { DescriptionError, layersOfList } from './layer-list';
import { pool2dKind } from './pool2d';
import { flattenKind, reshapeKind } from './reshape';
import { residualKindOf } from './residual';

/** Every kind of layer, by name. */
export const layerKinds = {
  conv2d: conv2dKind,
  conv1d: conv1dKind,
  pool2d: pool2dKind,
  crop2d: crop2dKind,
  globalAveragePool: globalAveragePoolKind,
  dense: denseKind,
  batchNorm: batchNormKind,
  dropout: dropoutKind,
  residual: residualKindOf(nestedLayers),
  activation: activationKind,
  softmax: softmaxKind,
  flatten: flattenKind,
  reshape: reshapeKind,
} as const satisfies Readonly<Record<string, LayerKind>>;

/** The layers of a block's branch, of any kind. */
function nestedLayers(entries: readonly unknown[], place: LayerPlace): Readonly<Record<string, Layer>> {
  const { where } = place;
  const { layers, symbols } = layersOfList(entries, { kinds: layerKinds, ...place });
  const [name] = Object.keys(symbols);
  if (name === undefined) return layers;
  throw new DescriptionError(`${where}.${name}: expected no symbol for a layer within a block, got ${symbols[name]}`);
}

/** A layer as plain data: the discriminated union of all kinds. */
export type LayerDescription = DescriptionOf<typeof layerKinds>;

/**
 * A layer's description, which is open, as one of the registered kinds; undefined where it is of none.
 *
 * A `switch` over its `kind` without a default makes the compiler list what a new kind has to touch.
 *
 * @example knownDescription(conv2d({ outChannels: 6, kernel: 5 }).description)?.kind; // 'conv2d'
 */
export function knownDescription(description: Description): LayerDescription | undefined {
  for (const kind of Object.values(layerKinds)) {
    const known = kind.match(description);
    if (known !== undefined) return known;
  }
  return undefined;
}

/**
 * What a built-in layer is; undefined for a layer of the user's own, even if its description is that of a built-in one: it may
 * compute something else.
 *
 * @example knownLayer(conv2d({ outChannels: 6, kernel: 5 }))?.kind; // 'conv2d'
 */
export function knownLayer(layer: Layer): LayerDescription | undefined {
  return isBuiltIn(layer) ? knownDescription(layer.description) : undefined;
}
