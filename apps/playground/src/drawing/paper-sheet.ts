/** The paper of the page: made once, so that a drawing stays while other views are shown. */
import { type Paper, paperOn } from '@longhand/handwriting/paper';
import { batch } from '@preact/signals';
import { rasterOfPixels } from './raster';
import { isDrawing, picture } from './reading';

/** The time between readings while a stroke is drawn, in milliseconds. */
const PAUSE = 150;

export interface PaperSheet {
  readonly canvas: HTMLCanvasElement;
  readonly paper: Paper;
}

let sheet: PaperSheet | undefined;

export function paperSheet(): PaperSheet {
  if (sheet !== undefined) return sheet;
  const canvas = document.createElement('canvas');
  canvas.className = 'paper';
  canvas.id = 'paper';
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute(
    'aria-label',
    'Paper. Draw with mouse, finger or pen. With the keyboard, arrow keys move the pen, the space bar puts it down and lifts it.',
  );
  let shown = 0;
  const show = (): void => {
    picture.value = paper.isBlank()
      ? undefined
      : { raster: rasterOfPixels(paper.picture()), from: 'paper', name: 'drawing' };
  };
  const paper = paperOn(canvas, {
    drawing() {
      isDrawing.value = true;
      if (performance.now() - shown < PAUSE) return;
      show();
      shown = performance.now();
    },
    drawn() {
      batch(() => {
        isDrawing.value = false;
        show();
      });
    },
  });
  sheet = { canvas, paper };
  return sheet;
}
