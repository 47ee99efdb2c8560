/** The paper of the page: made once, so that a drawing stays while other views are shown. */
import { type Paper, paperOn } from '@longhand/handwriting/paper';
import { batch } from '@preact/signals';
import { rasterOfPixels } from './raster';
import { isDrawing, picture } from './reading';

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
  const show = (): void => {
    picture.value = paper.isBlank()
      ? undefined
      : { raster: rasterOfPixels(paper.picture()), from: 'paper', name: 'drawing' };
  };
  // While a stroke is drawn, its newest state is read: in a frame of its own, so that the ink is seen first, and after a pause of twice
  // the time that the last reading took.
  let isWaiting = false;
  let pauseEnd = 0;
  const readStroke = (): void => {
    if (isDrawing.value && performance.now() < pauseEnd) {
      requestAnimationFrame(readStroke);
      return;
    }
    isWaiting = false;
    if (!isDrawing.value) return;
    const begin = performance.now();
    show();
    const end = performance.now();
    pauseEnd = end + 2 * (end - begin);
  };
  const paper = paperOn(canvas, {
    drawing() {
      isDrawing.value = true;
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(readStroke);
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
