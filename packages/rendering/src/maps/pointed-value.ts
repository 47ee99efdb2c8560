/** The one script of a page of maps: the number under the pointer. Without it nothing is missing but that. */
import { Markup } from '../html';

/**
 * The numbers of an image as `data-values` has them, float32 in base64. They are little-endian, as every machine of today is that shows
 * pages.
 */
export function valuesText(values: ArrayLike<number>): string {
  const floats = Float32Array.from(values);
  const view = new DataView(floats.buffer);
  for (const [at, value] of floats.entries()) view.setFloat32(4 * at, value, true);
  return btoa(Array.from(new Uint8Array(floats.buffer), (byte) => String.fromCharCode(byte)).join(''));
}

export const pointedValueScript = new Markup(`
const shown = document.createElement('div');
shown.className = 'pointed';
shown.hidden = true;
document.body.append(shown);
const numbers = new WeakMap();
const numbersOf = (image) => {
  if (!numbers.has(image)) {
    numbers.set(image, new Float32Array(Uint8Array.from(atob(image.dataset.values), (byte) => byte.charCodeAt(0)).buffer));
  }
  return numbers.get(image);
};
addEventListener('pointermove', ({ target, clientX, clientY }) => {
  const isMap = target instanceof HTMLImageElement && target.dataset.values !== undefined;
  shown.hidden = !isMap;
  if (!isMap) return;
  const values = numbersOf(target);
  const columns = Number(target.dataset.columns);
  const box = target.getBoundingClientRect();
  const cell = (from, size, count) => Math.min(count - 1, Math.max(0, Math.floor((from / size) * count)));
  const column = cell(clientX - box.left, box.width, columns);
  const row = cell(clientY - box.top, box.height, values.length / columns);
  const value = String(Number(values[row * columns + column].toPrecision(4))).replace('-', '\\u2212');
  shown.textContent = 'row ' + (row + 1) + ', column ' + (column + 1) + ': ' + value;
  shown.style.left = Math.min(clientX + 12, innerWidth - shown.offsetWidth - 4) + 'px';
  shown.style.top = clientY + 16 + 'px';
});
`);

/** What a content security policy calls the script: the SHA-256 of its text. */
export const pointedValueHash = 'sha256-YeyKjF/MeHxyhcvpbQuh6CXy+/x/5/DhKQGbVUBV+SA=';
