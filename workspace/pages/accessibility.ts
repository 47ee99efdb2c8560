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

/** The rules that a page breaks in a serious way or worse, with the elements that break them. */
export async function seriousViolations(page: Page): Promise<(readonly [id: string, elements: readonly string[]])[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (globalThis as typeof globalThis & { axe: { run(): Promise<{ violations: AxeViolation[] }> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
