/** The number whose gradient is looked at: a weight, a pixel, an entry of a map. */
import { entryNamed, type Family, type NetworkStep, quantityName } from '@longhand/worked-examples';
import { computed, signal } from '@preact/signals';
import { setting, whenFollowed } from '../address';
import { presentModel } from '../session';
import { type Cell, cellOfIndex, type MapLayer } from './map-layers';
import { presentLayers, presentStep } from './present-step';
import { weightLayers } from './weight-layers';

/** Its name, as it was clicked on or typed, or as the address has it; undefined for the first kernel's weight of the largest gradient. */
export const asked = signal<string | undefined>(setting('number', '') || undefined);
whenFollowed(() => {
  asked.value = setting('number', '') || undefined;
});

/** The parameters of the present model as maps. */
export const presentWeights = computed((): readonly MapLayer[] => {
  const [model, step] = [presentModel.value, presentStep.value];
  return model === undefined || step === undefined ? [] : weightLayers(model.network, step.families);
});

/** The name of a number that has a gradient in the present step. */
export const askedName = computed((): string | undefined => {
  const [step, name] = [presentStep.value, asked.value];
  if (step === undefined) return undefined;
  if (name !== undefined) {
    try {
      const { id, family } = entryNamed(step.families, name);
      if (step.gradientsOf(family) !== undefined) return id;
    } catch {
      // A model that has no such number.
    }
  }
  const family = presentWeights.value[0]?.family ?? presentLayers.value[0]?.family;
  return family && nameOfLargest(step, family);
});

/** The name of the number of a family with the largest gradient; undefined where it has none. */
export function nameOfLargest(step: NetworkStep, family: Family): string | undefined {
  const gradients = step.gradientsOf(family);
  if (gradients === undefined) return undefined;
  let largest = 0;
  for (let at = 0; at < gradients.length; at++) {
    if (Math.abs(gradients[at]) > Math.abs(gradients[largest])) largest = at;
  }
  return quantityName(family, largest);
}

/** The cell of the number in a layer, if it is of it. */
export function askedCell(layer: MapLayer): Cell | undefined {
  const [step, name] = [presentStep.value, askedName.value];
  if (step === undefined || name === undefined) return undefined;
  const { family, index } = entryNamed(step.families, name);
  return family.stem === layer.stem ? cellOfIndex(layer, index) : undefined;
}
