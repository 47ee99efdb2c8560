/** Which display a run gets. */
import { ProgressDisplay } from '../progress-display';
import type { TrainingDisplay } from './training-display';

export function trainingDisplay(
  _options: { readonly quiet?: boolean; readonly json?: boolean },
  {
    totalImages,
  }: { readonly title: string; readonly totalImages: number; readonly epochs: number; readonly imagesBefore: number },
): TrainingDisplay {
  const display = new ProgressDisplay(process.stderr, totalImages);
  return {
    live: false,
    heading: (text) => display.heading(text),
    step: (progress) => display.step(progress),
    epoch: () => {},
    misread: () => {},
    working: (what) => display.working(what),
    close: () => display.close(),
  };
}
