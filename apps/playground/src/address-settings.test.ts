/** What an address has of the settings of all views, and that links written before still open what they were of. */
import { expect, test } from 'vitest';
import { addressSettings, followedSettings, settingsOfAddress } from './address-settings';

const all = {
  epochs: '3',
  data: 'own',
  number: 'k2.5.3.1.2',
  label: '9',
  run: 'mine',
  order: 'standard',
  quantity: 'coef_CC1',
};

test('an address has the settings of its view, and a quantity is what it is of', () => {
  expect(addressSettings('train', all)).toEqual({ epochs: '3', data: 'own' });
  expect(addressSettings('', all)).toEqual({ epochs: '3', data: 'own' });
  expect(addressSettings('work', all)).toEqual({ data: 'own', order: 'standard', quantity: 'coef_CC1' });
  expect(addressSettings('backwards', all)).toEqual({ data: 'own', quantity: 'k2.5.3.1.2', label: '9', run: 'mine' });
  expect(addressSettings('work', { example: 'lenet-step', number: 'w.3.1', quantity: 'dL/dw.3.1' })).toEqual({
    example: 'lenet-step',
    quantity: 'w.3.1',
    step: 'dL/dw.3.1',
  });
});

test.each([
  ['backwards', { quantity: 'w.3.1' }, { number: 'w.3.1' }],
  ['backwards', { number: 'w.3.1', quantity: 'coef_CC1' }, { number: 'w.3.1', quantity: 'coef_CC1' }],
  ['work', { quantity: 'coef_CC1' }, { quantity: 'coef_CC1' }],
  ['work', { quantity: 'coef_CC1', number: 'w.3.1' }, { quantity: 'coef_CC1', number: 'w.3.1' }],
  [
    'work',
    { example: 'lenet-step', number: 'w.3.1', quantity: 'o.3' },
    { example: 'lenet-step', number: 'w.3.1', quantity: 'o.3' },
  ],
  [
    'work',
    { example: 'lenet-step', quantity: 'dL/dk2.5.3.1.2' },
    { example: 'lenet-step', number: 'k2.5.3.1.2', quantity: 'dL/dk2.5.3.1.2' },
  ],
  [
    'work',
    { example: 'lenet-step', quantity: 'w.3.1', step: 'o.3' },
    { example: 'lenet-step', number: 'w.3.1', quantity: 'o.3' },
  ],
])('the settings of an address of %s with %o', (view, written, settings) => {
  expect(settingsOfAddress(view, written)).toEqual(settings);
});

test('an address that is followed has all of its view; a model stays, and so do the settings of others', () => {
  expect(followedSettings('work', all, { quantity: 'k11_new' })).toEqual({
    epochs: '3',
    number: 'k2.5.3.1.2',
    label: '9',
    run: 'mine',
    quantity: 'k11_new',
  });
  expect(followedSettings('backwards', all, {})).toEqual({
    epochs: '3',
    run: 'mine',
    order: 'standard',
    quantity: 'coef_CC1',
  });
  expect(followedSettings('backwards', { number: 'k2.5.3.1.2' }, { quantity: 'w.3.1' })).toEqual({ number: 'w.3.1' });
  expect(followedSettings('train', all, { epochs: '1' })).toEqual({ ...all, epochs: '1', data: undefined });
});
