import { lenetDocumented } from '@longhand/layers';
import { expect, test } from 'vitest';
import { networkWords } from './network-words';

test.each([
  ['relu', 'max', 'activation relu, pooling max'],
  ['hardSwish', 'mean', 'activation hardSwish, pooling mean'],
] as const)('the documented network with %s and %s', (activation, pooling, words) => {
  expect(networkWords(lenetDocumented({ activation, pooling }))).toBe(words);
});
