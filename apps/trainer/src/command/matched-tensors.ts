/** Says which tensor of another program's file became which parameter, where their names are not the same. */
import { formatShape } from '@longhand/tensor';
import type { TensorMatch } from '@longhand/training';
import { sayLine, shownName } from './failure';

/** The pairs that are worth saying: all, or none if every tensor is called like its parameter. */
export function differentlyNamed(matched: readonly TensorMatch[]): readonly TensorMatch[] {
  return matched.some(({ parameter, tensor }) => parameter !== tensor) ? matched : [];
}

/** A line for each parameter: `conv1.weight ← features.0.weight [6, 1, 5, 5]`. */
export function matchLines(matched: readonly TensorMatch[]): readonly string[] {
  return matched.map(({ parameter, tensor, shape }) => `${parameter} ← ${shownName(tensor)} ${formatShape(shape)}`);
}

/** A deep network would fill the screen at every call. */
const mostLines = 24;

/** The lines below a note: of many pairs the first, and where all of them are. */
export function noteLines(matched: readonly TensorMatch[]): readonly string[] {
  const left = matched.length - mostLines;
  const more = left > 0 ? [`… and ${left} more; import and evaluate --json give all`] : [];
  return [...matchLines(matched.slice(0, mostLines)), ...more];
}

/** Says them on stderr, if there are any. */
export function sayMatches(file: string, matched: readonly TensorMatch[]): void {
  if (matched.length === 0) return;
  sayLine(`note: ${file} has other names; its tensors were taken as`);
  for (const line of noteLines(matched)) process.stderr.write(`  ${line}\n`);
}
