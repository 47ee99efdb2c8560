/**
 * "Work it out" in Chromium: the hand examples scrubbed forward and back, their choices, answers of one's own, worksheets.
 *
 * @module-tag slow
 */
import { examples } from '@longhand/worked-examples';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { colorSchemes, seriousViolations } from './accessibility';
import { hasBrowser, type OpenOptions, playgroundOfTests, press } from './playground-page';

const derivationOf = (name: string) => {
  const example = examples.find((candidate) => candidate.name === name);
  if (example === undefined) throw new Error(`no example ${name}`);
  return example.derive();
};

describe.skipIf(!hasBrowser)('working it out in Chromium (skipped where none is on the PATH)', () => {
  const playground = playgroundOfTests();

  async function open(options: OpenOptions = {}): Promise<Page> {
    const { page } = await playground.open({ hash: '#work', ...options });
    await page.locator('.work-view').waitFor();
    return page;
  }

  const ticks = (page: Page) => page.locator('.steps .agrees');
  const rows = (page: Page) => page.locator('.steps td:nth-child(3)');
  const stepLine = (page: Page, title: string) => page.getByRole('heading', { name: title, exact: true });

  test('conv1d-step replays with every ✓, forward and back, by buttons, arrow keys and slider', async () => {
    const page = await open();
    const { steps } = derivationOf('conv1d-step');
    const played = steps.filter(({ stage }) => stage !== 'given');
    expect(await page.locator('.step-panel .givens li').count()).toBe(steps.length - played.length);
    expect(await ticks(page).count()).toBe(0);
    await press(page, 'Next');
    await stepLine(page, 'Step 1: forward').waitFor();
    for (const _ of played.slice(1)) await page.keyboard.press('ArrowRight');
    await stepLine(page, 'Step 37: a new value').waitFor();
    expect(await ticks(page).count()).toBe(25);
    expect(await page.locator('.steps .differs').count()).toBe(0);
    expect(await page.getByText('25 of 25 figures agree, 25 in all').count()).toBe(1);
    expect(await rows(page).allTextContents()).toEqual(played.map(({ shown }) => shown));
    // Back to where the first of two gradients is: the note's figure stands beside ours, and what it is made of.
    await page.getByRole('slider', { name: 'Step' }).fill('20');
    await stepLine(page, 'Step 20: backward').waitFor();
    expect(await ticks(page).count()).toBe(11);
    expect(await page.locator('.source').textContent()).toBe('The note has −0.074, ours is −0.074 ✓agrees');
    const lines = await page.locator('.step-panel .formula').allTextContents();
    expect(lines[0]).toMatch(/1\s*·\s*w1\++/);
    expect(lines.slice(1).map((line) => line.replace(/\s/g, ''))).toEqual([
      '=(−0.349)·0.106+0.349·(−0.106)',
      '=−0.074',
    ]);
    await press(page, 'w3⁺ = −0.106, step 16');
    await stepLine(page, 'Step 16: a new value').waitFor();
    await press(page, 'Back');
    await stepLine(page, 'Step 15: a new value').waitFor();
    await expect.poll(() => page.url()).toMatch(/#work\?quantity=w2_new$/);
    await page.reload();
    await stepLine(page, 'Step 15: a new value').waitFor();
    // A typed address is followed, and so is the way back; what other views have stays with them.
    await page.evaluate(() => {
      location.hash = '#work?quantity=w3_new';
    });
    await stepLine(page, 'Step 16: a new value').waitFor();
    await page.locator('.masthead nav a', { hasText: 'Train' }).click();
    expect(new URL(page.url()).hash).toBe('#train');
    await page.goBack();
    await stepLine(page, 'Step 16: a new value').waitFor();
    await page.goBack();
    await stepLine(page, 'Step 15: a new value').waitFor();
    // A number of a step on a test digit is worked out in the same way; its last step is its gradient.
    await page.getByLabel('Example').selectOption('lenet-step');
    await page.getByText('The digit is the first test digit, a 7, with the label 2').waitFor();
    expect(await page.getByLabel('The number, by its name').inputValue()).toBe('k2.7.5.4.1');
    await press(page, 'End');
    await stepLine(page, 'Step 129: backward').waitFor();
    const numberIn = (text = ''): number => Number(text.replace('−', '-').replace(/^[^-\d]*/, ''));
    const formulas = await page.locator('.step-panel .formula').allTextContents();
    // Its general form stands before its first terms.
    expect(formulas.map((line) => [line.includes('∑'), line.includes('(64 terms)')])).toEqual([
      [true, false],
      [false, true],
      [false, true],
      [false, false],
    ]);
    const derived = numberIn(formulas.at(-1));
    const difference = page.locator('.step-panel .note', { hasText: 'Central difference' });
    expect(numberIn((await difference.textContent()) ?? '')).toBeCloseTo(derived, 6);
  });

  test('what the note has wrong stands at its step', { tags: ['exhaustive'] }, async () => {
    // The name as it is printed.
    const page = await open({ hash: `#work?quantity=${encodeURIComponent('w4⁺')}` });
    expect(await page.locator('.source').textContent()).toContain(
      'the note prints −0.107, which should be −0.207; ours agrees with −0.207',
    );
    const slips = await page.locator('.step-panel .slips li').allTextContents();
    expect(slips.map((slip) => slip.replace(/ .*/, ''))).toEqual(['w4', 'w4']);
    expect(slips[1]).toContain('starts at −0.2 (−0.107 in the place of −0.207)');
    expect(await page.locator('.slips-panel li').count()).toBe(derivationOf('conv1d-step').errata.length);
    await press(page, 'See the step of k12');
    await page.locator('.source', { hasText: '0.208' }).waitFor();
  });

  test('order, digits and the kind of convolution can be changed, and the step stays', {
    tags: ['exhaustive'],
  }, async () => {
    const page = await open({ hash: '#work?quantity=coef_c1' });
    const value = page.locator('.step-panel .formula').last();
    await page.getByLabel('Weights change').selectOption('standard');
    await page.getByLabel('Digits').selectOption('exact');
    await expect.poll(() => value.textContent()).toContain('0.0697926');
    expect(await page.locator('.source').textContent()).toBe('The note has −0.074, ours is −0.0697926 ✗differs');
    await page.getByLabel('Kernels').selectOption('cross-correlation');
    expect(await page.locator('.slips-panel').count()).toBe(0);
    expect(page.url()).toContain('order=standard&digits=exact&convolution=cross-correlation');
    await page.getByLabel('Example').selectOption('mazur-2-2-2');
    await page.getByLabel('Weights change').selectOption('standard');
    await page.getByLabel('Variant').selectOption('shared biases trained');
    await press(page, 'End');
    await expect.poll(() => value.textContent()).toContain('0.285750887');
  });

  test('the network: what is lit, and a way to each number', { tags: ['exhaustive'] }, async () => {
    const page = await open({ hash: '#work?quantity=coef_c1' });
    const names = (selector: string) => page.locator(`${selector} .visually-hidden`).allTextContents();
    expect(await names('.node.lit')).toEqual(['out_C1 0.034, its step']);
    expect(await names('.node.read')).toEqual(['in_o1 0.312, its step', 'in_o2 −0.312, its step']);
    expect(await page.locator('.diagram line.lit').count()).toBe(2);
    await press(page, 'Next');
    await press(page, 'Next');
    await stepLine(page, 'Step 22: a new value').waitFor();
    // k11 lies on one line into each value of the second layer.
    expect(await page.locator('.diagram line.lit').count()).toBe(2);
    await press(page, 'out_o1 0.651, its step');
    await stepLine(page, 'Step 9: forward').waitFor();
  });

  test('try it yourself: hidden values, correct answers, and usual mistakes by name', async () => {
    const page = await open({ hash: '#work?quantity=coef_c1' });
    const verdict = page.locator('.verdict-line');
    const answer = async (text: string): Promise<void> => {
      await page.locator('.answer input').fill(text);
      await page.keyboard.press('Enter');
    };
    await press(page, 'Try it yourself');
    expect(await page.locator('.step-panel').textContent()).not.toContain('0.074');
    expect(await page.locator('.steps .present-row').textContent()).not.toContain('0.074');
    await answer('maybe');
    await expect.poll(() => verdict.textContent()).toBe('Expected a number, got maybe.');
    await answer('-0.07');
    await expect.poll(() => verdict.textContent()).toMatch(/^✗ -0\.07: that is what comes out with the old weights/);
    // What was answered is known after other steps, too, which the address follows.
    const quantity = (): string => new URL(page.url()).hash;
    await press(page, 'Next');
    await expect.poll(quantity).not.toContain('quantity=coef_c1');
    await press(page, 'Back');
    await expect.poll(quantity).toContain('quantity=coef_c1');
    await answer('−0,074');
    await expect.poll(() => verdict.textContent()).toBe('✓ Correct.');
    expect(await page.locator('.step-panel').textContent()).toContain('0 of 1 correct at the first try');
    expect(await page.locator('.steps .present-row').textContent()).toContain('−0.074 ✓');
    await press(page, 'Next');
    await press(page, 'Show it');
    await page.locator('.source', { hasText: '−0.144' }).waitFor();
  });

  test('a worksheet to print, blank and with solutions', { tags: ['exhaustive'] }, async () => {
    const page = await open();
    await page.evaluate(() => {
      const counted = globalThis as typeof globalThis & { printed: number };
      counted.printed = 0;
      globalThis.print = () => {
        counted.printed++;
      };
    });
    const printed = (): Promise<unknown> => page.evaluate('printed');
    const worksheet = page.locator('.worksheet');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.work-view').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    expect(await worksheet.isVisible()).toBe(false);
    await press(page, 'Print a blank worksheet');
    await expect.poll(printed).toBe(1);
    expect(await worksheet.locator('.room').count()).toBe(37);
    expect(await worksheet.locator('section').nth(1).textContent()).not.toMatch(/0\.\d\d\d/);
    await press(page, 'Print it with solutions');
    await expect.poll(printed).toBe(2);
    expect(await worksheet.locator('.room').count()).toBe(0);
    expect(await worksheet.locator('.agrees').count()).toBe(25);
    // Of a number of a large network: what its lines read is given, and terms that are zero are left out.
    await page.getByLabel('Example').selectOption('lenet-step');
    await page.locator('.choice-panel').getByText('the first test digit, a 7, with the label 2').waitFor();
    await press(page, 'Print a blank worksheet');
    await expect.poll(printed).toBe(3);
    expect(await worksheet.locator('.room').count()).toBe(9);
    expect(await worksheet.locator('.givens li').count()).toBe(25);
  });

  // Colors are those of the view, and a phone has the same elements: one example says enough of both.
  async function expectAccessible(shown: typeof examples, colorScheme: 'light' | 'dark'): Promise<void> {
    const page = await open({ colorScheme });
    await press(page, 'Try it yourself');
    for (const { name } of shown) {
      await page.getByLabel('Example').selectOption(name);
      await press(page, 'End');
      await press(page, 'Back');
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        // Drawings follow the width a frame later.
        const scrollWidth = () => page.evaluate(() => document.documentElement.scrollWidth);
        await expect.poll(scrollWidth, { message: name }).toBeLessThanOrEqual(width);
      }
      expect(await seriousViolations(page), name).toEqual([]);
    }
  }

  // Of all views one state is always looked at by the tests of the page.
  for (const [colorScheme] of colorSchemes) {
    test(`accessible to all, ${colorScheme}`, { tags: ['exhaustive'] }, () =>
      expectAccessible(examples.slice(0, 1), colorScheme),
    );
  }

  test('accessible to all, every example', { tags: ['exhaustive'] }, () => expectAccessible(examples, 'light'));
});
