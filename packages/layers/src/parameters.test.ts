/** Parameters as a console prints them. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { batchNorm } from './batch-norm';
import { dense } from './dense';
import { lenetDocumented } from './presets';
import { sequential } from './sequential';

test('parameters are printed in a line, also within a record', () => {
  const parameters = lenetDocumented().zeros();
  const line =
    "NetworkParameters { 3898 numbers, 'conv1.weight' [6, 1, 5, 5], 'conv1.bias' [6], 'conv2.weight' [12, 6, 5, 5], 'conv2.bias' [12], … 2 more }";
  expect(inspect(parameters)).toBe(line);
  expect(inspect({ epoch: 1, parameters }, { breakLength: 500 })).toBe(`{ epoch: 1, parameters: ${line} }`);
});

test('buffers are among them', () => {
  const network = sequential({ input: [2], layers: { bn: batchNorm(), fc: dense({ outFeatures: 1, bias: false }) } });
  expect(inspect(network.zeros())).toBe(
    "NetworkParameters { 10 numbers, 'bn.weight' [2], 'bn.bias' [2], 'fc.weight' [1, 2], 'bn.running_mean' [2], … 1 more }",
  );
});
