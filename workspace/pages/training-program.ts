/** What the tests of pages run, in a page and in Node alike: training on a small generated data set, with everything counted. */
import { type Augmentation, augmentation, imageDataset, subset } from '@longhand/datasets';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type Layer,
  type Loss,
  pool2d,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { adamw, cosine, type Optimizer, type Schedule } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { classifier, Engine, type EngineOptions, evaluate, fit, fromModule } from '@longhand/training';

export interface ProgramOptions extends EngineOptions {
  /** Whose layer, loss, optimizer, schedule and augmentation: Longhand's, a module's objects given as they are, or as the module's. */
  readonly objects?: 'built-in' | 'own' | 'of a module';
  /** The module of the user's own objects. */
  readonly module?: string;
  /** Where they say that they are called. */
  readonly log?: string;
}

export interface ProgramResult {
  /** SHA-256 of parameters and buffers. */
  readonly sum: string;
  readonly correct: number;
  /** The probability of an image's first class, as the classifier gives it. */
  readonly probability: number;
  readonly sharesMemory: boolean;
}

/** Far more images than are trained on. */
export const all = { count: 20_000, height: 14, width: 14 } as const;

function generated() {
  const random = seededRandom('images');
  const labels = Uint8Array.from({ length: all.count }, (_, at) => at % 4);
  const images = Uint8Array.from({ length: all.count * all.height * all.width }, (_, at) => {
    const [pixel, label] = [at % (all.height * all.width), labels[Math.floor(at / (all.height * all.width))] ?? 0];
    return random.integer(100) + (Math.floor(pixel / 49) === label ? 150 : 0);
  });
  return subset(imageDataset({ name: 'generated', images, labels, height: all.height, width: all.width }), {
    from: 1000,
    to: 1150,
  });
}

/** The parts of a run that a user may write. */
interface Parts {
  readonly layer: Layer;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly augmentation: Augmentation;
}

const rates = { learningRate: 0.2, longest: 0.3 };

async function partsOf({ objects = 'built-in', module = '', log }: ProgramOptions): Promise<Parts> {
  if (objects === 'built-in') {
    return {
      layer: relu(),
      loss: softmaxCrossEntropy(),
      optimizer: adamw({ learningRate: 0.01 }),
      schedule: cosine(),
      augmentation: augmentation({ shift: 1, rotation: 5 }),
    };
  }
  const logged = log === undefined ? {} : { log };
  const own = objects === 'own' ? await import(/* @vite-ignore */ module) : undefined;
  const make = <Made extends object>(name: string, options: object): Made | Promise<Made> =>
    own === undefined
      ? fromModule<Made>({ module, export: name, options: { ...options, ...logged } })
      : own[name]({ ...options, ...logged });
  return {
    layer: await make<Layer>('scale', {}),
    loss: await make<Loss>('hinge', { margin: 0.5 }),
    optimizer: await make<Optimizer>('clippedDescent', rates),
    schedule: await make<Schedule>('line', {}),
    augmentation: await make<Augmentation>('upsideDown', {}),
  };
}

/** Trains two epochs of three steps, evaluates, and classifies an image. */
export async function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  const { objects: _, module: __, log: ___, ...engineOptions } = options;
  const { layer, loss, ...rest } = await partsOf(options);
  const network = sequential({
    input: [all.height, all.width, 1],
    layers: {
      conv: conv2d({ outChannels: 3, kernel: 5 }),
      norm: batchNorm(),
      own: layer,
      pool: pool2d({ pooling: 'max', window: 2 }),
      flatten: flatten(),
      drop: dropout({ rate: 0.2 }),
      fc: dense({ outFeatures: 4 }),
    },
  });
  const dataset = generated();
  const normalization = { mean: 0.3, std: 0.3 };
  const engine = new Engine(engineOptions);
  try {
    const common = { network, dataset, normalization, loss, engine };
    // biome-ignore lint/suspicious/noFocusedTests: it trains.
    const { parameters } = await fit({ ...common, ...rest, epochs: 2, batchSize: 64, seed: 1 });
    const { correct } = await evaluate({ ...common, parameters });
    const numbers = Float32Array.from([...parameters.values, ...parameters.buffers]);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', numbers));
    const image = dataset.images.slice(0, all.height * all.width);
    const [probabilities] = classifier({ network, parameters, normalization }).classify([image]);
    return {
      sum: Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''),
      correct,
      probability: probabilities?.[0] ?? Number.NaN,
      sharesMemory: engine.sharesMemory,
    };
  } finally {
    await engine.end();
  }
}
