/** Misspelled names: which one was meant. */

/**
 * The name that is nearest to a misspelled one; undefined if none is near.
 *
 * @example nearestName('LearningRate', ['momentum', 'learningRate']); // 'learningRate'
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  // Nobody misspells a name as long as that, and the comparison takes the product of both lengths.
  if (name.length > 80) return undefined;
  const candidates = names.map((known) => ({ known, distance: distanceOf(name.toLowerCase(), known.toLowerCase()) }));
  const [nearest] = candidates.sort((one, other) => one.distance - other.distance);
  // A number is another one, not one misspelled; and of a single letter nothing is left if it is exchanged.
  const most = /^\d*$/.test(name) ? 0 : Math.max(1, Math.floor(name.length / 3));
  if (nearest !== undefined && nearest.distance <= most && nearest.distance < nearest.known.length)
    return nearest.known;
  // A part of the name, such as `batch` for `batchSize`.
  if (name.length < 3) return undefined;
  return names.find((known) => known.toLowerCase().includes(name.toLowerCase()));
}

/**
 * What the end of a message asks about a name that is near: `; did you mean 'epochs'?`
 *
 * @example didYouMean(nearestName('epoch', ['epochs'])); // "; did you mean 'epochs'?"
 */
export function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}

/** Letters to insert, delete, replace, or exchange with their neighbor: the Damerau-Levenshtein distance. */
function distanceOf(a: string, b: string): number {
  let [beforeLast, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, k) => k)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let k = 1; k <= b.length; k++) {
      const replaced = last[k - 1] + (a[i - 1] === b[k - 1] ? 0 : 1);
      const exchanged = i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1];
      row.push(
        Math.min(replaced, last[k] + 1, row[k - 1] + 1, exchanged ? beforeLast[k - 2] + 1 : Number.POSITIVE_INFINITY),
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}
