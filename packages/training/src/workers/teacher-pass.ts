/**
 * What teachers make of the images of a micro-batch, in one rank: the mean of their softened probabilities. A teacher works as in
 * evaluation, so what it says of an image depends on the image alone, not on the batch, the lane or the rank.
 */
import { featuresGeometry } from '@longhand/kernels';
import { type Network, NetworkParameters, outputRange } from '@longhand/layers';
import { dtypeOf, type FloatArray, log } from '@longhand/tensor';
import type { TeacherPass } from '../micro-batch-pass';
import type { TeacherSetup } from './protocol';
import type { AttachedMemory } from './shared-memory';

export interface TeacherPassOptions {
  /** The networks of the setup's models. */
  readonly networks: readonly Network[];
  readonly setup: TeacherSetup;
  readonly memory: AttachedMemory;
  readonly lanes: number;
  /** Whether images are now seen as they are in the data set: then what teachers say of them is kept. */
  readonly arePlain: () => boolean;
}

/** The logarithm of a probability that was rounded to zero would be infinite. */
const leastProbability = 1e-30;

export function teacherPass({ networks, setup, memory, lanes, arePlain }: TeacherPassOptions): TeacherPass {
  const { temperature, kept } = setup;
  const models = networks.map((network, at) => {
    const { values, buffers, normalization } = setup.models[at];
    const attached = memory.attach(values);
    // They never change.
    const kernels = memory.kernels.withSteadyParameters?.({ values: attached, version: 0 }) ?? memory.kernels;
    const parameters = new NetworkParameters(network, attached, memory.attach(buffers));
    const pass = network.prepare({ kernels, parameters, capacity: lanes, mode: 'evaluate', fuse: true });
    const { output } = pass;
    const [x, y] = [output, output].map(({ length }) => kernels.allocate(dtypeOf(output), length));
    const geometry = featuresGeometry('teacher', { batch: lanes, features: output.length / lanes });
    const softmax = kernels.prepare('softmax', geometry, { x, y });
    const givesProbabilities = outputRange(network)?.range === 'softmax';
    return {
      normalization,
      into: pass.input,
      /** softmax(logits / T); the logits of probabilities are their logarithms, but for a number that a softmax ignores. */
      soften(): FloatArray {
        pass.forward();
        for (let k = 0; k < x.length; k++) {
          const logit = givesProbabilities ? log(Math.max(output[k], leastProbability)) : output[k];
          x[k] = logit / temperature;
        }
        softmax();
        return y;
      },
    };
  });

  function compute(into: FloatArray): void {
    for (const [at, { soften }] of models.entries()) {
      const y = soften();
      for (let k = 0; k < y.length; k++) into[k] = at === 0 ? y[k] : into[k] + y[k];
    }
    if (models.length === 1) return;
    for (let k = 0; k < into.length; k++) into[k] /= models.length;
  }

  return {
    inputs: models,
    run({ indices, from, to }, into) {
      if (kept === undefined || !arePlain()) return compute(into);
      const { known, probabilities } = kept;
      const classes = into.length / lanes;
      let first = from;
      while (first < to && known[indices[first]] === 1) first++;
      if (first < to) compute(into);
      for (let n = 0; n < to - from; n++) {
        const image = indices[from + n];
        const at = image * classes;
        for (let k = 0; k < classes; k++) {
          if (first < to) probabilities[at + k] = into[k * lanes + n];
          else into[k * lanes + n] = probabilities[at + k];
        }
        known[image] = 1;
      }
    },
  };
}
