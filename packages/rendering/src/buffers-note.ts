import { countText } from './number-text';

/**
 * What a network has besides its parameters; nothing where there is nothing.
 *
 * @example buffersNote(208); // [ 'Besides, 208 numbers in buffers are kept but not learned.' ]
 */
export function buffersNote(count: number): readonly string[] {
  return count === 0 ? [] : [`Besides, ${countText(count)} numbers in buffers are kept but not learned.`];
}
