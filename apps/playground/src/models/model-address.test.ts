/** What an address says when its model is another one, or cannot be had. */
import { expect, test } from 'vitest';
import { linkRefusal, type ModelSettings } from './model-address';

const ofPage: ModelSettings = { run: undefined, weights: undefined };
const ofRun: ModelSettings = { run: 'mine', weights: '0000abcd' };

test('the model of the address is shown without a word', () => {
  expect(linkRefusal(ofPage, ofPage)).toBeUndefined();
  expect(linkRefusal(ofRun, ofRun)).toBeUndefined();
  expect(linkRefusal({ ...ofRun, weights: undefined }, ofRun)).toBeUndefined();
  expect(linkRefusal({ ...ofRun, run: undefined }, { ...ofRun, run: undefined })).toBeUndefined();
});

test.each([
  [ofRun, { ...ofRun, weights: '11111111' }, /^run mine: expected weights with the checksum 0000abcd .*, got 11111111/],
  [ofRun, ofPage, /^run mine: expected it from the server, .*; the model of this page is shown/],
  [
    { ...ofRun, run: undefined },
    ofPage,
    /checksum 0000abcd; the model of this page is shown, .*Open that model’s file$/,
  ],
])('of %o while %o is shown', (wanted, now, sentence) => {
  expect(linkRefusal(wanted, now)).toMatch(sentence);
});
