/**
 * jax-js: compiles each step to WebAssembly. Variants: one thread, as it runs in Node; workers, one for each thread, as
 * it runs in a browser, whose `Worker` and `navigator` it is lent here.
 */
import { resolveObjectURL } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { loadImages, shuffledBatches } from './pictures.mjs';
import { checkCommonLayers, refuse, run } from './protocol.mjs';

await run(async ({ input, layers, learningRate, momentum, batch, threads, variant }) => {
  checkCommonLayers(layers);
  if (variant === 'workers') lendBrowserWorkers(threads);
  const { blockUntilReady, grad, jit, lax, nn, numpy: np, tree } = await import('@jax-js/jax');

  const { functions, values } = build({ lax, nn, np }, layers);
  const model = (values, x) => functions.reduce((y, layer, index) => layer(y, ...values[index]), x);
  const loss = (values, x, expected) =>
    nn
      .logSoftmax(model(values, x))
      .mul(expected)
      .sum()
      .mul(-1 / batch);
  const step = jit((values, velocities, x, expected) => {
    const gradients = grad(loss)(tree.ref(values), x, expected);
    const changed = tree.map((v, gradient) => v.mul(momentum).add(gradient), velocities, gradients);
    return [tree.map((value, v) => value.sub(v.mul(learningRate)), values, tree.ref(changed)), changed];
  });
  const classify = jit((values, x) => np.argmax(model(values, x), 1));

  const training = channelsFirst(loadImages('train', input), input);
  const test = channelsFirst(loadImages('test', input), input);
  const [height, width, channels] = input;
  const pixels = height * width * channels;
  const next = shuffledBatches(training.labels.length, batch);
  let state = [values, tree.map((value) => np.zerosLike(value), tree.ref(values))];

  function nextBatch() {
    const images = new Float32Array(batch * pixels);
    const expected = new Float32Array(batch * 10);
    next().forEach((index, slot) => {
      images.set(training.images.subarray(index * pixels, (index + 1) * pixels), slot * pixels);
      expected[slot * 10 + training.labels[index]] = 1;
    });
    return [np.array(images).reshape([batch, channels, height, width]), np.array(expected).reshape([batch, 10])];
  }

  return {
    version: `jax-js ${installedVersion()}, Node ${process.versions.node}`,
    parameters: tree.leaves(values).reduce((sum, { size }) => sum + size, 0),
    images: training.labels.length,
    testImages: test.labels.length,
    async train(steps) {
      for (let count = 0; count < steps; count++) {
        state = step(...state, ...nextBatch());
        await blockUntilReady(state);
      }
      return steps * batch;
    },
    async countCorrect(first, count) {
      const images = test.images.slice(first * pixels, (first + count) * pixels);
      const digits = await classify(
        tree.ref(state[0]),
        np.array(images).reshape([count, channels, height, width]),
      ).data();
      return digits.reduce((correct, digit, index) => correct + (digit === test.labels[first + index] ? 1 : 0), 0);
    },
  };
});

/** From `[height, width, channels]` to `[channels, height, width]`, which its convolutions take. */
function channelsFirst({ images, labels }, [height, width, channels]) {
  if (channels === 1) return { images, labels };
  const area = height * width;
  const moved = new Float32Array(images.length);
  for (let image = 0; image < images.length; image += area * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let at = 0; at < area; at++) moved[image + channel * area + at] = images[image + at * channels + channel];
    }
  }
  return { images: moved, labels };
}

/** A function of (x, weight, bias) for each layer, and each layer's weight and bias, which may be none. Only time is compared: no seed. */
function build({ lax, nn, np }, layers) {
  const functions = [];
  const values = [];
  const weights = (shape, fanIn, outputs) => {
    const draw = () => (2 * Math.random() - 1) / Math.sqrt(fanIn);
    const count = shape.reduce((product, side) => product * side, 1);
    return [np.array(Float32Array.from({ length: count }, draw)).reshape(shape), np.zeros([outputs])];
  };
  const activations = { relu: nn.relu, sigmoid: nn.sigmoid, tanh: np.tanh };
  for (const layer of layers) {
    const { kind, inputShape, kernel, stride } = layer;
    const channels = inputShape.at(-1);
    let parameters = [];
    if (kind === 'conv2d') {
      const { outChannels, padding } = layer;
      parameters = weights([outChannels, channels, ...kernel], kernel[0] * kernel[1] * channels, outChannels);
      const sides = [padding.slice(0, 2), padding.slice(2)];
      functions.push((x, weight, bias) =>
        lax.convGeneralDilated(x, weight, stride, sides).add(bias.reshape([outChannels, 1, 1])),
      );
    } else if (kind === 'activation') {
      functions.push((x) => activations[layer.activation](x));
    } else if (kind === 'pool2d') {
      if (layer.pooling !== 'max') refuse(layer);
      functions.push((x) => lax.reduceWindow(x, np.max, kernel, stride));
    } else if (kind === 'flatten') {
      functions.push((x) => x.reshape([x.shape[0], ...layer.outputShape]));
    } else {
      parameters = weights([channels, layer.outFeatures], channels, layer.outFeatures);
      functions.push((x, weight, bias) => np.matmul(x, weight).add(bias));
    }
    values.push(parameters);
  }
  return { functions, values };
}

function lendBrowserWorkers(threads) {
  Object.defineProperty(globalThis, 'navigator', { value: { hardwareConcurrency: threads }, configurable: true });
  globalThis.Worker = class {
    #started;

    constructor(url) {
      this.#started = resolveObjectURL(url)
        .text()
        .then((source) => this.#start(source));
    }

    #start(source) {
      const scope = `const { parentPort } = require('node:worker_threads');
        globalThis.self = globalThis;
        globalThis.postMessage = (message) => parentPort.postMessage(message);
        parentPort.on('message', (data) => self.onmessage({ data }));`;
      const worker = new Worker(`${scope}\n${source}`, { eval: true });
      worker.on('message', (data) => this.onmessage?.({ data }));
      worker.on('error', (error) => this.onerror?.(error));
      return worker;
    }

    postMessage(message) {
      this.#started.then((worker) => worker.postMessage(message));
    }
  };
}

function installedVersion() {
  const manifest = new URL('../node_modules/@jax-js/jax/package.json', import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
