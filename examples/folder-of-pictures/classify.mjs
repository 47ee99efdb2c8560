// Classifies pictures with model.safetensors.
import { readFileSync } from 'node:fs';
import { fitImage } from '@longhand/datasets';
import { readImage } from '@longhand/datasets/node';
import { classifier, decodeModel, mostProbable, planOfModel } from '@longhand/training';

const model = decodeModel(readFileSync('model.safetensors'), 'model.safetensors');
const { size } = planOfModel(model);
const { classify } = classifier(model);
for (const file of process.argv.slice(2)) {
  const [probabilities] = classify([fitImage(readImage(file), size)]);
  const best = mostProbable(probabilities);
  console.log(`${file}: ${model.classes[best]} (${(100 * probabilities[best]).toFixed(1)} %)`);
}
