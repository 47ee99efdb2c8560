/** The training step of the present model on the chosen digit: every number of it, forward and backward, to be asked for. */

import { everyLayer, type Mode } from '@longhand/layers';
import { type NetworkStep, networkStep } from '@longhand/worked-examples';
import { computed, signal } from '@preact/signals';
import { setting, whenFollowed } from '../address';
import { afterStroke, chosen } from '../drawing/reading';
import { type PresentModel, presentModel } from '../session';
import { type MapLayer, mapLayers } from './map-layers';

/** The label that the loss is of; undefined for the class that the model predicts. It begins with that of the address. */
export const label = signal<number | undefined>(labelOfAddress());

/** How batch normalization and dropout work: as in use, or as in training with this image as the whole batch. */
export const mode = signal<Mode>(modeOfAddress());

whenFollowed(() => {
  label.value = labelOfAddress();
  mode.value = modeOfAddress();
});

/** Whether the present network works otherwise in training. */
export const hasModes = computed((): boolean =>
  everyLayer(presentModel.value?.network.layers ?? []).some(({ layer }) =>
    ['batchNorm', 'dropout'].includes(layer.description.kind),
  ),
);

function modeOfAddress(): Mode {
  return setting('mode', '') === 'train' ? 'train' : 'evaluate';
}

function labelOfAddress(): number | undefined {
  const text = setting('label', '');
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

/** The label that was chosen, or the predicted class; undefined while nothing is drawn. */
export const shownLabel = computed((): number | undefined => {
  const [model, digit] = [presentModel.value, chosen.value];
  if (model === undefined || digit === undefined) return undefined;
  return label.value !== undefined && label.value < model.classes.length ? label.value : digit.predicted;
});

/** The step; undefined while nothing is drawn. */
export const presentStep = afterStroke((): NetworkStep | undefined => {
  const [step, at] = [forwardStep.value, shownLabel.value];
  return at === undefined ? undefined : step?.withLabel(at);
});

/** The step of the predicted class: those of other labels have its forward pass. */
const forwardStep = computed((): NetworkStep | undefined => {
  const [model, digit] = [presentModel.value, chosen.value];
  if (model === undefined || digit === undefined) return undefined;
  return stepOn(model, digit.prepared.image.pixels, digit.predicted);
});

/** The same of an empty image: names and shapes, before anything is drawn. */
const emptyStep = computed((): NetworkStep | undefined => {
  const model = presentModel.value;
  if (model === undefined) return undefined;
  return stepOn(model, new Uint8Array(model.network.inputShape.reduce((size, extent) => size * extent, 1)), 0);
});

/** The step of a model on an image, in the chosen mode. */
export function stepOn(
  { network, parameters, normalization }: PresentModel,
  image: Uint8Array,
  label: number,
): NetworkStep {
  return networkStep({
    network,
    parameters,
    normalization,
    image,
    label,
    mode: hasModes.value ? mode.value : 'evaluate',
  });
}

/** The layers of the present model that are shown, from the input to the probabilities. */
export const presentLayers = computed((): readonly MapLayer[] => {
  const [model, step] = [presentModel.value, emptyStep.value];
  return model === undefined || step === undefined ? [] : mapLayers(model.network, step.families);
});
