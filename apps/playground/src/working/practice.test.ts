/** "Try it yourself" gives no answer away before it is found. */
import { expect, test } from 'vitest';
import { derivation, moveToQuantity } from './choice';
import { giveAway, isPracticing, shownSlips } from './practice';

test('the slips of a note are hidden while their quantities are asked for', () => {
  const { errata } = derivation.value;
  const quantity = errata.find((slip) => slip.quantity !== undefined)?.quantity ?? '';
  expect(shownSlips.value).toEqual(errata);
  isPracticing.value = true;
  expect(shownSlips.value).toEqual([]);
  moveToQuantity(quantity);
  giveAway();
  expect(shownSlips.value).toEqual(errata.filter((slip) => slip.quantity === quantity));
  isPracticing.value = false;
  expect(shownSlips.value).toEqual(errata);
});
