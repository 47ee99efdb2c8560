// All that a loop has to keep to go on as if it had never been interrupted. What is random follows from the seed by names such as
// 'epoch 3', so no generator is among it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/** Writes the state after an epoch. */
export function save(file, { epoch, parameters, updates }) {
  const state = {
    epoch,
    // Weights, and what is kept with them but not learned: the running statistics of batch normalization.
    values: parameters.values,
    buffers: parameters.buffers,
    // Of Adam the moments, and the number of updates that corrects their bias.
    slots: updates.slots,
    stepCount: updates.stepCount,
  };
  // Renamed when it is whole: an interruption leaves the state before it.
  writeFileSync(`${file}.part`, serialize(state));
  renameSync(`${file}.part`, file);
}

/** Puts a state back into the same memory, which the passes are bound to. Gives its epoch. */
export function restore(file, { parameters, updates }) {
  const { epoch, values, buffers, slots, stepCount } = deserialize(readFileSync(file));
  parameters.values.set(values);
  parameters.buffers.set(buffers);
  for (const [name, slot] of Object.entries(slots)) updates.slots[name].set(slot);
  updates.stepCount = stepCount;
  return epoch;
}
