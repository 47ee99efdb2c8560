/** Connected components: which pixels hang together. */
import type { Box } from './gray-image';

/** One connected piece of a picture. */
export interface Component {
  readonly box: Box;
  /** How many pixels it has. */
  readonly area: number;
}

export interface Components {
  /** Component `label` is `list[label − 1]`. */
  readonly list: readonly Component[];
  /** For each pixel the label of its component, 0 outside all of them. */
  readonly labels: Int32Array;
}

/** Which pixels belong to components. */
export interface ComponentOptions {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  /** Pixels of at least this belong to a component … */
  readonly low: number;
  /** … if one of them reaches this: a threshold with hysteresis. */
  readonly high: number;
}

/**
 * The connected components of a picture, a pixel being connected to its eight neighbours, in the order of their first
 * pixels. Two thresholds, because with one alone faint ends of strokes are lost or noise is found: what begins as certain
 * ink may go on as probable ink. (Canny, "A computational approach to edge detection", 1986, did so with edges.)
 */
export function componentsOf({ width, height, pixels, low, high }: ComponentOptions): Components {
  const labels = new Int32Array(width * height);
  const waiting = new Int32Array(width * height);
  const list: Component[] = [];
  for (let start = 0; start < pixels.length; start++) {
    if (labels[start] !== 0 || pixels[start] < high) continue;
    const label = list.length + 1;
    const box = { left: width, top: height, right: 0, bottom: 0 };
    let count = 1;
    waiting[0] = start;
    labels[start] = label;
    // The list of pixels to look at grows while it is walked along, and ends as the list of all pixels of the component.
    for (let next = 0; next < count; next++) {
      const column = waiting[next] % width;
      const row = (waiting[next] - column) / width;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
      for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++) {
        for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) {
          const neighbour = y * width + x;
          if (labels[neighbour] === 0 && pixels[neighbour] >= low) {
            labels[neighbour] = label;
            waiting[count++] = neighbour;
          }
        }
      }
    }
    list.push({ box, area: count });
  }
  return { list, labels };
}
