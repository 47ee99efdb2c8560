/**
 * How a network of another program wants its pixels, where its file does not say: the usual ways are tried on training images, and
 * the best is taken. A wrong guess costs up to some points of accuracy, and inverted pixels cost nearly all.
 */
import { type ImageDataset, type Normalization, subset } from '@longhand/datasets';
import type { Network, NetworkParameters } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { countText, percentText } from '@longhand/rendering';
import { evaluate, type Model } from '@longhand/training';
import { type DataChoice, loadPart } from './dataset-source';
import { type EngineSettings, withEngine } from './engine-session';
import type { ReadModel } from './model-source';

/** How many images are tried: the last of the training images, which are no test images. */
const TRIED_IMAGES = 1000;

/** Where even the best way is correct for less, the images are others than the network was trained on. */
const LEAST_ACCURACY = 0.5;

/** A usual way to give pixels to a network. */
interface Way {
  readonly name: string;
  readonly normalization: Normalization;
}

const gray: readonly Way[] = [
  {
    name: 'normalized as MNIST’s, by the mean 0.1307 and the standard deviation 0.3081',
    normalization: mnistNormalization,
  },
];
const always: readonly Way[] = [
  { name: 'from 0 to 1', normalization: { mean: 0, std: 1 } },
  { name: 'from −1 to 1', normalization: { mean: 0.5, std: 0.5 } },
  { name: 'from 0 to 255', normalization: { mean: 0, std: 1 / 255 } },
];

/**
 * The model with the normalization that is correct for the most training images, if its file does not say one and the images are
 * of its kind; otherwise as it is.
 */
export async function withLikelyNormalization<Read extends ReadModel>(
  read: Read,
  data: DataChoice,
  engine: EngineSettings,
): Promise<Read> {
  if (!read.assumesNormalization) return read;
  const images = await triedImages(data, read.model.network);
  if (images === undefined) return read;
  const { model } = read;
  const results = await withEngine(
    engine,
    () => 'interrupted',
    async (workers) => {
      const tried: { way: Way; model: Model; accuracy: number; loss: number }[] = [];
      for (const { way, model: candidate } of candidates(model)) {
        const { accuracy, loss } = await evaluate({ ...candidate, dataset: images, engine: workers });
        tried.push({ way, model: candidate, accuracy, loss });
      }
      return tried;
    },
  );
  // Of ways that are equally often correct, the one with the smaller loss; NaN is the largest.
  const order = (loss: number): number => (Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss);
  const [best, next] = results.toSorted((a, b) => b.accuracy - a.accuracy || order(a.loss) - order(b.loss));
  if (best.accuracy < LEAST_ACCURACY) return read;
  const share = (accuracy: number): string => percentText(accuracy);
  const found = `pixels ${best.way.name}: the best of ${results.length} usual ways, ${share(best.accuracy)} of ${countText(images.count)} training images, ahead of ${share(next.accuracy)} ${next.way.name} (--normalize-by)`;
  return { ...read, model: best.model, assumed: [...read.assumed.slice(0, -1), found] };
}

/** Training images that the network takes, with its classes; undefined where there are none. */
async function triedImages(data: DataChoice, network: Network): Promise<ImageDataset | undefined> {
  const { dataset } = await loadPart(data, 'train');
  const [height, width, channels] = network.inputShape;
  const fits =
    network.inputShape.length === 3 &&
    dataset.height === height &&
    dataset.width === width &&
    dataset.channels === channels &&
    dataset.classes === network.outputShape[0];
  return fits && dataset.count > 0
    ? subset(dataset, { from: Math.max(0, dataset.count - TRIED_IMAGES), to: dataset.count })
    : undefined;
}

function candidates(model: Model): readonly { readonly way: Way; readonly model: Model }[] {
  const ways = model.network.inputShape[2] === 1 ? [...gray, ...always] : always;
  const inverted = negatedInput(model);
  return [
    ...ways.map((way) => ({ way, model: { ...model, normalization: way.normalization } })),
    // (1 − x − mean) / std is −(x − (1 − mean)) / std, and the minus sign is taken by the first weights.
    ...ways.flatMap(({ name, normalization: { mean, std } }) =>
      inverted === undefined || typeof mean !== 'number'
        ? []
        : [
            {
              way: { name: `${name}, inverted`, normalization: { mean: 1 - mean, std } },
              model: { ...model, parameters: inverted, normalization: { mean: 1 - mean, std } },
            },
          ],
    ),
  ];
}

/** The parameters for −x instead of x; undefined where the first layer with weights is not the first that changes numbers. */
function negatedInput({ network, parameters }: Model): NetworkParameters | undefined {
  const first = network.layers.find(({ layer }) => !['flatten', 'dropout'].includes(layer.description.kind));
  if (first === undefined || !['conv2d', 'dense'].includes(first.layer.description.kind)) return undefined;
  const copy = network.zeros();
  copy.values.set(parameters.values);
  copy.buffers.set(parameters.buffers);
  const { data } = copy.get(`${first.name}.weight`);
  for (let k = 0; k < data.length; k++) data[k] = -data[k];
  return copy;
}
