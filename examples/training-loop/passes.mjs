// A pass and its loss, what fills both with images, and the evaluation of a data set.
import { channelNormalizations, gatherTargets, imageAt } from '@longhand/datasets';
import { normalizeGeometry } from '@longhand/kernels';
import { softmaxCrossEntropy, trainingContext } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';

/** A pass in a mode, its loss, and what fills both with the images at some indices. */
export function preparedPass({ network, kernels, parameters, batchSize, mode, random }) {
  // In training, layers are told the step and how many images there are. In evaluation none of them asks.
  const context = random && trainingContext({ kernels, capacity: batchSize, random });
  const pass = network.prepare({
    kernels,
    parameters,
    capacity: batchSize,
    mode,
    fuse: true,
    ...(context && { context }),
  });
  const loss = softmaxCrossEntropy().prepare(pass);
  const bytes = kernels.allocateBytes(batchSize * 784);
  const channels = channelNormalizations('mnist', mnistNormalization, 1);
  const geometry = normalizeGeometry('mnist', { batch: batchSize, pixels: 784, channels });
  const normalize = kernels.prepare('normalize', geometry, { x: bytes, y: pass.input });
  const fill = (data, indices, from, step) => {
    const to = Math.min(from + batchSize, data.count);
    for (let n = 0; n < to - from; n++) bytes.set(imageAt(data, indices[from + n]), n * 784);
    normalize();
    gatherTargets({ dataset: data, indices, from, to, capacity: batchSize, into: loss.target });
    // The mean over the batch: each image has a weight, and lanes without one have none.
    loss.imageWeight.fill(0).fill(1 / (to - from), 0, to - from);
    if (context) {
      // Dropout draws by the step, and batch normalization leaves out the lanes that an earlier batch has filled.
      context.step = step;
      context.count = to - from;
    }
    return to - from;
  };
  return { pass, loss, fill };
}

/** The mean loss, the number of correct images and their share, in the mode 'evaluate'. */
export function tested({ pass, loss, fill }, data) {
  const { capacity } = pass;
  const order = Uint32Array.from({ length: data.count }, (_, n) => n);
  let [correct, sum] = [0, 0];
  for (let from = 0; from < data.count; from += capacity) {
    const count = fill(data, order, from);
    pass.forward();
    loss.forward();
    for (let n = 0; n < count; n++) {
      sum += loss.loss[n];
      // The output is [classes, batch]: the logits of an image lie one batch apart.
      const logits = Array.from({ length: 10 }, (_, k) => pass.output[k * capacity + n]);
      if (logits.indexOf(Math.max(...logits)) === data.labels[from + n]) correct++;
    }
  }
  return { correct, accuracy: correct / data.count, loss: sum / data.count };
}
