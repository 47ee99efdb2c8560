/** What axe-core has to say of a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The colors in which pages are looked at, with the tags of such a test: the dark only where all tests are asked for. */
export const colorSchemes: readonly (readonly ['light' | 'dark', string[]])[] = [
  ['light', []],
  ['dark', ['exhaustive']],
];

type Axe = { run(options: object): Promise<{ violations: AxeViolation[] }> };

/**
 * The rules that a page breaks in a serious way or worse, with the elements that break them. In the dark only colors are looked at: they
 * are all that differs from the light, and whole pages take seconds.
 */
export async function seriousViolations(page: Page): Promise<(readonly [id: string, elements: readonly string[]])[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe: inPage } = globalThis as typeof globalThis & { axe: Axe };
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
    const found = await inPage.run({ resultTypes: ['violations'], ...(isDark && { runOnly: ['color-contrast'] }) });
    return found.violations.map(({ id, impact, nodes }) => ({ id, impact, elements: nodes.map(({ html }) => html) }));
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, elements }) => [id, elements]);
}
