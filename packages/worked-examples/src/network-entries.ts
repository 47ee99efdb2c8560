/** Which number of the network each quantity is, so that a picture of the network can show it. */
import type { NetworkEntry } from './derivation';
import type { Names, TrainingStepSetup } from './training-step-setup';

/**
 * The entries by the ids of their quantities, gradients and updated values included. Of a number that stands in several entries, the
 * first.
 */
export function networkEntries(names: TrainingStepSetup['names']): ReadonlyMap<string, NetworkEntry> {
  const entries = new Map<string, NetworkEntry>();
  const add = (array: string, is: NetworkEntry['is'], ids: Names): void => {
    for (const [index, id] of ids.entries()) {
      if (id !== undefined && !entries.has(id)) entries.set(id, { array, index, is });
    }
  };
  add('input', 'value', names.input);
  for (const [path, arrays] of Object.entries(names.layers)) {
    for (const [name, ids] of Object.entries(arrays)) {
      const of = differentiated(name);
      add(`${path}.${of ?? name}`, of === undefined ? 'value' : 'gradient', ids);
      if (of === undefined) add(`${path}.${name}`, 'updated', ids.map(updated));
    }
  }
  add('prediction', 'value', names.prediction ?? []);
  add('loss', 'value', [names.loss]);
  add('loss', 'updated', [names.lossAfter]);
  add('target', 'value', names.target);
  add('learningRate', 'value', [names.learningRate]);
  add('input', 'gradient', names.dInput ?? []);
  return entries;
}

/** `weight` of `dWeight`, `y` of `dy`; undefined for what is no gradient. */
function differentiated(name: string): string | undefined {
  const gradient = /^d(y$|[A-Z]\w*)/.exec(name)?.[1];
  return gradient === undefined ? undefined : gradient.charAt(0).toLowerCase() + gradient.slice(1);
}

function updated(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `${id}_new`;
}
