/** The training step of the present model on the chosen digit: every number of it, forward and backward, to be asked for. */

import { type NetworkStep, networkStep } from '@longhand/worked-examples';
import { computed, signal } from '@preact/signals';
import { chosen, isDrawing } from '../drawing/reading';
import { type PresentModel, presentModel } from '../session';
import { type MapLayer, mapLayers } from './map-layers';

/** The label that the loss is of; undefined for the class that the model predicts. */
export const label = signal<number | undefined>(undefined);

/** The label that was chosen, or the predicted class; undefined while nothing is drawn. */
export const shownLabel = computed((): number | undefined => {
  const [model, digit] = [presentModel.value, chosen.value];
  if (model === undefined || digit === undefined) return undefined;
  return label.value !== undefined && label.value < model.classes.length ? label.value : digit.predicted;
});

/** The step; undefined while nothing is drawn. In use, not in training: what the layers do with one image is what they do with it. */
export const presentStep = computed((): NetworkStep | undefined => {
  if (isDrawing.value) return settled;
  settled = settledStep.value;
  return settled;
});

/** That of the last drawing whose stroke had ended. */
let settled: NetworkStep | undefined;

const settledStep = computed((): NetworkStep | undefined => {
  const [model, digit] = [presentModel.value, chosen.value];
  if (model === undefined || digit === undefined) return undefined;
  return stepOf(model, digit.prepared.image.pixels, shownLabel.value ?? digit.predicted);
});

/** The same of an empty image: names and shapes, before anything is drawn. */
const emptyStep = computed((): NetworkStep | undefined => {
  const model = presentModel.value;
  if (model === undefined) return undefined;
  return stepOf(model, new Uint8Array(model.network.inputShape.reduce((size, extent) => size * extent, 1)), 0);
});

function stepOf({ network, parameters, normalization }: PresentModel, image: Uint8Array, label: number): NetworkStep {
  return networkStep({ network, parameters, normalization, image, label, mode: 'evaluate' });
}

/** The layers of the present model that are shown, from the input to the probabilities. */
export const presentLayers = computed((): readonly MapLayer[] => {
  const [model, step] = [presentModel.value, emptyStep.value];
  return model === undefined || step === undefined ? [] : mapLayers(model.network, step.families);
});
