/** The check that every geometry begins with. */
import { ShapeError } from '@longhand/tensor';

/**
 * Refuses anything but whole numbers of at least `least`.
 *
 * @param counts the numbers by the names that the message uses
 * @throws ShapeError naming the first that does not fit
 */
export function checkCounts(where: string, counts: Readonly<Record<string, number>>, least = 1): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < least) {
      throw new ShapeError(`${where}: expected a whole number of at least ${least} as ${name}, got ${count}`);
    }
  }
}
