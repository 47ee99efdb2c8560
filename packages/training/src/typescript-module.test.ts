/** A module in TypeScript, which workers import as Node does: without the loader that the caller's thread may have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { imageDataset } from '@longhand/datasets';
import { dense, flatten, type Layer, sequential } from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import { fromModule } from '@longhand/schema';
import { afterAll, expect, test } from 'vitest';
import { fit } from './fit';

const folder = mkdtempSync(join(tmpdir(), 'longhand-typescript-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = `
interface Binding { x: Float32Array; dx?: Float32Array }
export const same = () => ({
  description: { kind: 'same' },
  outputShape: (_where: string, input: readonly number[]) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  prepare({ x, dx }: Binding) {
    const nothing = (): void => {};
    return { y: x, dy: dx, forward: nothing, parameterGradients: nothing, inputGradient: nothing };
  },
});
`;

test('is refused with what to do, or runs where Node takes TypeScript', async () => {
  const file = join(folder, 'same.ts');
  writeFileSync(file, source);
  const module = pathToFileURL(file);
  const network = sequential({
    input: [1, 2, 1],
    layers: {
      flatten: flatten(),
      fc1: dense({ outFeatures: 2 }),
      same: await fromModule<Layer>({ module, export: 'same' }),
      fc2: dense({ outFeatures: 2 }),
    },
  });
  const dataset = imageDataset({
    name: 'two',
    images: Uint8Array.of(0, 255, 255, 0),
    labels: Uint8Array.of(0, 1),
    height: 1,
    width: 2,
  });
  const normalization = { mean: 0, std: 1 };
  const optimizer = sgd({ learningRate: 0.1 });
  const run = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 2, seed: 1 };
  const [here, inWorker] = await Promise.allSettled([fit({ ...run, threads: 0 }), fit({ ...run, threads: 1 })]);
  expect(here.status).toBe('fulfilled');
  if ('typescript' in process.features && process.features.typescript) {
    expect(inWorker.status).toBe('fulfilled');
  } else {
    expect(inWorker).toMatchObject({
      reason: { message: expect.stringMatching(/same\.ts: expected JavaScript, .* got TypeScript; compile it first/) },
    });
  }
});
