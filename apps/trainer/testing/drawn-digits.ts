/** Digits drawn on the exported page as a person draws them. */
import type { Page } from 'playwright-core';

/** A stroke, on a paper from 0 to 1. */
export type Line = readonly (readonly [x: number, y: number])[];

/** Part of a circle as a line, clockwise from the angle in quarters of a turn; 0 points right. */
export function arc(x: number, y: number, width: number, height: number, from: number, to: number): Line {
  return Array.from({ length: 13 }, (_, at) => {
    const angle = ((from + ((to - from) * at) / 12) * Math.PI) / 2;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)] as const;
  });
}

/** Digits as a person draws them, on a paper from 0 to 1. */
export const digits: Readonly<Record<string, readonly Line[]>> = {
  '0': [arc(0.5, 0.5, 0.17, 0.3, -1, 3)],
  '1': [
    [
      [0.42, 0.28],
      [0.52, 0.18],
      [0.5, 0.8],
    ],
  ],
  '2': [[...arc(0.5, 0.32, 0.17, 0.15, -2.2, 0.7), [0.32, 0.8], [0.72, 0.8]]],
  '3': [[...arc(0.48, 0.33, 0.16, 0.15, -2, 1), ...arc(0.48, 0.64, 0.19, 0.17, -1, 2)]],
  '4': [
    [
      [0.4, 0.2],
      [0.32, 0.55],
      [0.7, 0.53],
    ],
    [
      [0.62, 0.25],
      [0.58, 0.85],
    ],
  ],
  '5': [[[0.66, 0.2], [0.4, 0.21], [0.37, 0.47], ...arc(0.48, 0.62, 0.19, 0.18, -1.2, 1.8)]],
  '6': [[[0.6, 0.17], [0.46, 0.32], [0.36, 0.52], ...arc(0.49, 0.65, 0.15, 0.17, 2, -2)]],
  '7': [
    [
      [0.3, 0.22],
      [0.68, 0.22],
      [0.55, 0.5],
      [0.45, 0.82],
    ],
  ],
  '8': [[...arc(0.5, 0.34, 0.13, 0.15, 1, -3), ...arc(0.5, 0.66, 0.16, 0.17, -1, 3)]],
  '9': [[...arc(0.5, 0.35, 0.16, 0.17, 0, -4), [0.65, 0.5], [0.6, 0.83]]],
};

/** Smaller around the middle of the paper, then moved to the right. */
export function moved(
  lines: readonly Line[],
  { scale = 1, right = 0 }: { readonly scale?: number; readonly right?: number },
): readonly Line[] {
  return lines.map((line) => line.map(([x, y]) => [0.5 + right + scale * (x - 0.5), 0.5 + scale * (y - 0.5)] as const));
}

/** Draws strokes with the mouse; one of a single point is a tap. */
export async function draw(page: Page, lines: readonly Line[]): Promise<void> {
  const box = (await page.locator('#paper').boundingBox()) as { x: number; y: number; width: number; height: number };
  const position = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + x * box.width,
    box.y + y * box.height,
  ];
  for (const [first, ...rest] of lines) {
    await page.mouse.move(...position(first));
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...position(point));
    await page.mouse.up();
  }
}
