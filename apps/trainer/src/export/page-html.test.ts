/** The page as a text, and its classifier as it runs on any machine. */

import { classifierOf, type PageModel, pageHtml } from '@longhand/exporters';
import { lenet5, networkFrom } from '@longhand/layers';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { classifier, ModelError } from '@longhand/training';
import { expect, test } from 'vitest';
import { fixtureModel } from '../../testing/fixture-model';
import { residualModel } from '../../testing/residual-model';

const page = pageHtml(fixtureModel, 'lenet-documented');

/** What a browser would parse out of the page. */
function modelOn(html: string): PageModel {
  return JSON.parse(/<script type="application\/json" id="model">(.*?)<\/script>/s.exec(html)?.[1] ?? '') as PageModel;
}

test('the documented network makes a page of less than 155 kB', () => {
  expect(page.length).toBeLessThan(155_000);
});

test.each([
  [{}, 'best, 3,898 parameters. '],
  [{ data: 'MNIST train' }, 'best, trained on MNIST, 3,898 parameters. '],
  [{ network: 'lenet<5>', data: 'a & b train' }, 'lenet&lt;5&gt;, trained on a &amp; b, 3,898 parameters. '],
  [{ network: 5, data: ['x'] }, 'best, 3,898 parameters. '],
])('says what the record %j tells of the network', (training, about) => {
  expect(pageHtml({ ...fixtureModel, training }, 'best')).toContain(`<footer>${about}`);
});

test('the page names no address', () => {
  expect(page.match(/https?:[^"'`\s]*/g)).toBeNull();
});

test('its classifier predicts as the model does', () => {
  const { images, labels } = loadMnist({ split: 'test' });
  const read = classifierOf(modelOn(page));
  let correct = 0;
  for (let index = 0; index < 100; index++) {
    const probabilities = Array.from(read(images.subarray(index * 784, (index + 1) * 784)).probabilities);
    expect(probabilities.reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 5);
    if (probabilities.indexOf(Math.max(...probabilities)) === labels[index]) correct++;
  }
  expect(correct).toBeGreaterThanOrEqual(98);
});

test('its classifier knows blocks and running statistics', () => {
  const { images } = loadMnist({ split: 'test' });
  const read = classifierOf(modelOn(pageHtml(residualModel, 'residual')));
  const expected = classifier(residualModel);
  for (let index = 0; index < 5; index++) {
    const image = images.subarray(index * 784, (index + 1) * 784);
    const [probabilities] = expected.classify([image]);
    Array.from(read(image).probabilities).forEach((probability, label) => {
      expect(probability).toBeCloseTo(probabilities[label], 5);
    });
  }
});

test('no name ends the element that it stands in', () => {
  const network = lenet5({ classes: 2 });
  const parameters = network.initialize(seededRandom(1));
  const classes = ['</script><script>', '<!--'];
  const html = pageHtml({ ...fixtureModel, network, parameters, classes }, '<b>');
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html).not.toContain('<!--');
  expect(html).not.toContain('<b>&');
  expect(modelOn(html).classes).toEqual(classes);
});

test('a network for other images makes no page', () => {
  const network = networkFrom({ input: [8, 8, 1], layers: ['flatten', { kind: 'dense', outFeatures: 10 }] });
  const model = { ...fixtureModel, network, parameters: network.zeros() };
  expect(() => pageHtml(model, 'small')).toThrow(
    new ModelError(
      'small: expected a network for images [28, 28, 1], which drawings are prepared as, got one for [8, 8, 1]; a page cannot be made of it',
    ),
  );
});
