// A canvas to draw on; whatever is drawn is classified in the page.
import { DatasetError } from '@longhand/datasets';
import { prepareDrawing } from '@longhand/handwriting';
import { paperOn } from '@longhand/handwriting/paper';
import { classifier, decodeModel, doubtOf, mostProbable } from '@longhand/training';

function element<Name extends 'canvas' | 'output' | 'button'>(name: Name): HTMLElementTagNameMap[Name] {
  const found = document.querySelector(name);
  if (found === null) throw new Error(`expected a <${name}> in the page`);
  return found;
}

const output = element('output');
const file = 'model.safetensors';
const response = await fetch(file);
const model = decodeModel(new Uint8Array(await response.arrayBuffer()), file);
const { classify } = classifier(model);

const paper = paperOn(element('canvas'), { drawing() {}, drawn: show });

function show(): void {
  output.value = paper.isBlank() ? 'Draw a digit.' : answer(paper.picture());
}

function answer({ width, height, data }: ImageData): string {
  try {
    // Cut out, scaled and centered as the digits were that the model has learned from.
    const { image } = prepareDrawing({ width, height, channels: 4, pixels: new Uint8Array(data.buffer) });
    const [probabilities] = classify([image]);
    if (probabilities === undefined) return '';
    const best = mostProbable(probabilities);
    const sure = doubtOf(probabilities, model.calibration) === undefined;
    return `${model.classes[best]}${sure ? '' : '?'} (${((probabilities[best] ?? 0) * 100).toFixed(1)} %)`;
  } catch (error) {
    if (error instanceof DatasetError) return 'That is no digit.';
    throw error;
  }
}

element('button').onclick = () => {
  paper.clear();
  show();
};
