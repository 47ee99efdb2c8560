/** Maps of any network, and the arithmetic of their cells: what is laid out is the number that is asked for. */
import { lenetDocumented, type Network, resnetSmall } from '@longhand/layers';
import { networkStep } from '@longhand/worked-examples';
import { describe, expect, test } from 'vitest';
import { cellArithmetic, productSum } from './cell-arithmetic';
import { enlargedGrid, isTooSmall, oneMap, regionOfMap, valuesOfMap } from './enlarged-map';
import { focus, focusOn } from './focus';
import { cellBeside, cellName, cellOfIndex, cellWords, indexOfCell, mapLayers } from './map-layers';
import { cellAt, cornerOf, mapGrid } from './maps-canvas';
import { weightLayers } from './weight-layers';

const stepOf = (network: Network) =>
  networkStep({
    network,
    image: Uint8Array.from(
      { length: network.inputShape.reduce((size, extent) => size * extent, 1) },
      (_, at) => (at * 37) % 256,
    ),
    label: 3,
    normalization: { mean: 0.1307, std: 0.3081 },
    mode: 'evaluate',
  });

const network = lenetDocumented();
const step = stepOf(network);
const layers = mapLayers(network, step.families);
const shown = new Set(layers.map(({ stem }) => stem));

describe('the documented network', () => {
  test('its layers, in the symbols of the notes', () => {
    expect(layers.map(({ title, height, width, channels }) => `${title} ${height}×${width}×${channels}`)).toEqual([
      'input 28×28×1',
      'C¹ 24×24×6',
      'P¹ 12×12×6',
      'C² 8×8×12',
      'P² 4×4×12',
      'v 1×192×1',
      'o 1×10×1',
      'softmax 1×10×1',
    ]);
  });

  test('cells by their names, their words and the arrow keys', () => {
    const c2 = layers[3];
    const cell = { channel: 4, row: 3, column: 6 };
    expect([cellName(c2, cell), cellWords(c2, cell)]).toEqual(['C2.5.3.6', 'C², map 5, row 3, column 6']);
    expect(cellOfIndex(c2, indexOfCell(c2, cell))).toEqual(cell);
    expect(cellBeside(c2, cell, 'ArrowRight')).toEqual({ channel: 4, row: 3, column: 7 });
    expect(cellBeside(c2, { ...cell, column: 7 }, 'ArrowRight')?.column).toBe(7);
    expect(cellBeside(c2, cell, 'PageDown')?.channel).toBe(5);
    expect(cellBeside(c2, cell, 'a')).toBeUndefined();
    expect(cellWords(layers[0], { channel: 0, row: 9, column: 2 })).toBe('input, row 9, column 2');
    expect(cellName(layers[6], { channel: 0, row: 0, column: 7 })).toBe('o7');
  });

  test('a cell of C²: the activation, then the sum over six windows and the bias', () => {
    const { steps, products } = cellArithmetic(step, 'C2.5.3.6', shown);
    expect(steps.map(({ id }) => id)).toEqual(['C2.5.3.6', 'S2.5.3.6']);
    expect(products?.windows.map(({ title, rows, columns }) => `${title}: ${rows}×${columns}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((map) => `P¹, map ${map}: 5×5`),
    );
    expect(products?.windows[2].pairs[7]?.ids).toEqual(['P1.3.4.8', 'k2.5.3.1.2']);
    const total = [
      ...(products?.windows ?? []).map(({ sum }) => sum),
      ...(products?.added ?? []).map(({ value }) => value),
    ];
    expect(total.reduce((sum, part) => sum + part, 0)).toBeCloseTo(steps[1].value, 12);
  });

  test('an output: the maps that were flattened, beside the weights of the class', () => {
    const { products } = cellArithmetic(step, 'o7', shown);
    expect(products?.windows.map(({ title }) => title)).toContain('P², map 12');
    expect(products?.windows).toHaveLength(12);
    expect(products?.windows[0].pairs[5]?.ids[0]).toMatch(/^v\d/);
    expect(products?.added.map(({ id }) => id)).toEqual(['b.7']);
  });

  test('a maximum, a pixel and a probability have no products', () => {
    for (const id of ['P1.2.3.4', 'x.3.4', 'p3']) expect(cellArithmetic(step, id, shown).products).toBeUndefined();
    expect(cellArithmetic(step, 'x.3.4', shown).steps).toHaveLength(1);
  });

  test('the gradient of a weight: the gradients of a map beside what they meet', () => {
    const gradient = step.stepOf('dL/dk2.5.3.1.2');
    const products = gradient.formula && productSum(step, gradient);
    expect(products?.windows.map(({ title, rows, columns }) => `${title}: ${rows}×${columns}`)).toEqual([': 8×8']);
    expect(products?.windows[0].sum).toBeCloseTo(gradient.value, 12);
    expect(products?.windows[0].pairs[0]?.ids).toEqual(['P1.3.1.2', 'dL/dS2.5.0.0']);
  });
});

test('the cell under a point is the one that is painted there', () => {
  const vector = { ...layers[5], width: 9216 };
  for (const layer of [...layers, ...weightLayers(network, step.families), vector]) {
    for (const isNarrow of [false, true]) {
      const grid = mapGrid(layer, isNarrow);
      expect(Math.max(grid.width, grid.height)).toBeLessThan(500);
      const { height, width, channels } = layer;
      for (let index = 0; index < height * width * channels; index += 7) {
        const cell = cellOfIndex(layer, index);
        const [x, y] = cornerOf(layer, grid, cell);
        expect(cellAt(layer, grid, x + grid.zoom / 2, y + grid.zoom / 2)).toEqual(cell);
      }
      expect(cellAt(layer, grid, grid.width + 1, 1)).toBeUndefined();
    }
  }
});

test('parameters as maps: kernels by their input maps, dense weights by the maps that were flattened', () => {
  const weights = weightLayers(network, step.families);
  expect(weights.map(({ title, channels, height, width, across }) => [title, channels, height, width, across])).toEqual(
    [
      ['k¹', 6, 5, 5, 6],
      ['b¹', 1, 1, 6, undefined],
      ['k²', 72, 5, 5, 6],
      ['b²', 1, 1, 12, undefined],
      ['w', 120, 4, 4, 12],
      ['b', 1, 1, 10, undefined],
    ],
  );
  const k2 = weights[2];
  const cell = { channel: 4 * 6 + 2, row: 1, column: 2 };
  expect([cellName(k2, cell), cellWords(k2, cell)]).toEqual(['k2.5.3.1.2', 'k², map 5, input map 3, row 1, column 2']);
  expect(cellOfIndex(k2, indexOfCell(k2, cell))).toEqual(cell);
});

test('a network with blocks: every shown cell adds up', () => {
  const residual = resnetSmall({ maps: [2, 3, 4], image: [8, 8] });
  const own = stepOf(residual);
  const all = mapLayers(residual, own.families);
  expect(all.map(({ stem }) => stem)).toContain('block1.body.relu.y');
  const stems = new Set(all.map(({ stem }) => stem));
  let sums = 0;
  for (const layer of all) {
    const index = Math.floor((layer.height * layer.width * layer.channels) / 2);
    const { steps, products } = cellArithmetic(own, cellName(layer, cellOfIndex(layer, index)), stems);
    expect(steps[0].value).toBe(own.valuesOf(layer.family)[index]);
    if (products === undefined) continue;
    sums++;
    const of = steps.find(({ terms }) => (terms?.length ?? 0) > 1);
    const total = [...products.windows, ...products.added.map(({ value }) => ({ sum: value }))];
    expect(total.reduce((sum, part) => sum + part.sum, 0)).toBeCloseTo(
      steps.at(-1)?.value ?? of?.value ?? Number.NaN,
      10,
    );
  }
  expect(sums).toBeGreaterThan(3);
});

describe('on a phone', () => {
  test('the numbers of one map are large enough for a finger, and are those that they were', () => {
    const pooled = layers.find(({ stem }) => stem === 'C1') as (typeof layers)[number];
    const values = step.valuesOf(pooled.family) ?? [];
    const one = oneMap(pooled);
    const grid = enlargedGrid(one);
    expect([isTooSmall(mapGrid(pooled, true), true), isTooSmall(grid, true)]).toEqual([true, false]);
    expect(isTooSmall(mapGrid(pooled, false), false)).toBe(false);
    const cell = { channel: 0, row: 3, column: 7 };
    const [x, y] = cornerOf(one, grid, cell);
    expect(cellAt(one, grid, x + 1, y + 1)).toEqual(cell);
    expect(valuesOfMap(pooled, 4, values)[indexOfCell(one, cell)]).toBe(
      values[indexOfCell(pooled, { ...cell, channel: 4 })],
    );
    const region = { rows: [0, 5], columns: [0, 5], channels: [4, 5] } as const;
    expect([regionOfMap(region, 4), regionOfMap(region, 3)]).toEqual([{ ...region, channels: [0, 1] }, undefined]);
  });

  test('a number is chosen by its name', () => {
    expect(focusOn('C1.2.3.7', layers)).toBeUndefined();
    expect(focus.value).toEqual({ stem: 'C1', cell: { channel: 1, row: 3, column: 7 } });
    expect(focusOn('k9.1', layers)).toMatch(/^quantity: expected /);
    expect(focus.value?.stem).toBe('C1');
  });
});
