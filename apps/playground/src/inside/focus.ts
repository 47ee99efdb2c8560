/** The cell that is looked at, and what it is computed from. */

import { entryNamed, type ReceptiveField } from '@longhand/worked-examples';
import { computed, signal } from '@preact/signals';
import { type Cell, cellName, cellOfIndex, type MapLayer } from './map-layers';
import { presentLayers, presentStep } from './present-step';

export interface Focus {
  readonly stem: string;
  readonly cell: Cell;
}

/** The cell that was clicked on; it stays while drawings change. */
export const focus = signal<Focus | undefined>(undefined);

/** Chooses the cell of a name. Returns why there is none, in one line. */
export function focusOn(name: string, layers: readonly MapLayer[] = presentLayers.value): string | undefined {
  try {
    const { family, index } = entryNamed(
      layers.map((layer) => layer.family),
      name,
    );
    const layer = layers.find(({ stem }) => stem === family.stem);
    if (layer !== undefined) focus.value = { stem: layer.stem, cell: cellOfIndex(layer, index) };
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Its layer; undefined where the present network has none of that name and size. */
export const focusedLayer = computed((): MapLayer | undefined => {
  const { stem, cell } = focus.value ?? {};
  const layer = presentLayers.value.find((known) => known.stem === stem);
  if (layer === undefined || cell === undefined) return undefined;
  const { height, width, channels } = layer;
  return cell.row < height && cell.column < width && cell.channel < channels ? layer : undefined;
});

/** Its name in derivations. */
export const focusedName = computed((): string | undefined => {
  const [layer, now] = [focusedLayer.value, focus.value];
  return layer === undefined || now === undefined ? undefined : cellName(layer, now.cell);
});

const nothing: ReceptiveField = new Map();

/** The regions of every layer that it is computed from, itself included. */
export const field = computed((): ReceptiveField => {
  const [step, name, now] = [presentStep.value, focusedName.value, focus.value];
  if (step === undefined || name === undefined || now === undefined) return nothing;
  const { row, column, channel } = now.cell;
  const own = { rows: [row, row + 1], columns: [column, column + 1], channels: [channel, channel + 1] } as const;
  return new Map([...step.fieldOf(name), [now.stem, own]]);
});
