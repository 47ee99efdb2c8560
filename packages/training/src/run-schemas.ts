/**
 * Schemas of what runs and evaluations are given, for callers that TypeScript has not checked. They say which kind of object is
 * expected: a factory that was not called is none. Whether the objects fit each other is judged later.
 */
import type { Augmentation, ImageDataset, Normalization } from '@longhand/datasets';
import type { Loss, Network, NetworkParameters } from '@longhand/layers';
import type { Optimizer, Schedule, WeightAverage } from '@longhand/optimizers';
import { checkOptions, type Entries, isRecord, object, type Schema, where } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';

/** An object with this method. */
function withMethod<Made>(expected: string, method: keyof Made & string): Schema<Made> {
  return where<Made>(expected, (value) => isRecord(value) && typeof value[method] === 'function');
}

export const networkSchema = withMethod<Network>('a network', 'prepare');
export const lossSchema = withMethod<Loss>('a loss such as softmaxCrossEntropy()', 'prepare');
export const optimizerSchema = withMethod<Optimizer>('an optimizer such as adam({ learningRate: 0.001 })', 'prepare');
export const scheduleSchema = withMethod<Schedule>('a schedule such as cosine()', 'factor');
export const augmentationSchema = withMethod<Augmentation>('an augmentation', 'prepare');

export const averagingSchema = where<WeightAverage>(
  'a moving average such as weightAverage({ decay: 0.999 })',
  isRecord,
);
export const normalizationSchema = where<Normalization>('a mean and std such as pixelStatistics(dataset)', isRecord);
export const parametersSchema = where<NetworkParameters>(
  'parameters such as network.initialize(seededRandom(1))',
  (value) => isRecord(value) && ArrayBuffer.isView(value.values) && ArrayBuffer.isView(value.buffers),
);
export const datasetSchema = where<ImageDataset>(
  'a data set of imageDataset()',
  (value) => isRecord(value) && value.images instanceof Uint8Array && ArrayBuffer.isView(value.labels),
);
export const callbackSchema = where<never>('a function', (value) => typeof value === 'function');

/**
 * @param where the name of the function
 * @param entries a schema for each of its options
 * @param unused the names of options of others, which may come along
 * @throws OptionError for the first option that is missing, unknown or of another kind
 */
export function checkRunOptions<Options extends object>(
  where: string,
  entries: Entries<Options>,
  options: Options,
  unused: readonly string[] = [],
): void {
  const given = unused.length === 0 ? options : without(options, unused);
  checkOptions(object(entries), given, { where, error: (message) => new OptionError(message) });
}

function without(options: unknown, names: readonly string[]): unknown {
  if (!isRecord(options)) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}
