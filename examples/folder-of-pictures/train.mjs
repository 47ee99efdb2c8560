// Trains on a folder of pictures, one folder for each class, and writes model.safetensors.
import { writeFileSync } from 'node:fs';
import { augmentation, pixelStatistics } from '@longhand/datasets';
import { loadData } from '@longhand/datasets/node';
import { resnetSmall } from '@longhand/layers';
import { adamw, oneCycle } from '@longhand/optimizers';
import { encodeModel, evaluate, fit } from '@longhand/training';

const [folder, epochs = '20'] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node train.mjs FOLDER [EPOCHS], where FOLDER has a folder of pictures for each class');
  process.exit(2);
}

// Pictures of any size are resized to the size given. A test part is held out where there is no folder for it.
const {
  name,
  train,
  test,
  classNames: classes,
  layout,
  found,
} = await loadData(folder, { size: { height: 32, width: 32 } });
console.log(found);

const image = [train.height, train.width, train.channels];
const network = resnetSmall({ image, classes: classes.length });
const normalization = pixelStatistics(train);
const { parameters, best } = await fit({
  network,
  dataset: train,
  normalization,
  optimizer: adamw({ learningRate: 0.005, weightDecay: 0.05 }),
  schedule: oneCycle(),
  // Each picture is seen a little differently each time. Things may be mirrored; letters may not.
  augmentation: augmentation({ shift: 2, rotation: 10, scale: 0.1, flip: 0.5 }),
  // A tenth is set aside, and the epoch that does best on it is kept.
  validation: { fraction: 0.1 },
  epochs: Number(epochs),
  batchSize: 32,
  seed: 1,
  onEpoch: ({ epoch, loss, validation }) =>
    console.log(
      `epoch ${epoch}: loss ${loss.toFixed(3)}, ${(100 * validation.accuracy).toFixed(1)} % of the validation`,
    ),
});

const chosen = best?.parameters ?? parameters;
const { accuracy, count } = await evaluate({ network, parameters: chosen, normalization, dataset: test });
console.log(`${(100 * accuracy).toFixed(1)} % of ${count} test pictures`);
const model = { network, parameters: chosen, normalization, classes, data: { name, layout } };
writeFileSync('model.safetensors', encodeModel(model));
