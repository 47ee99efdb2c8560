/** What was not finite first, in a run that has failed. It is looked for after the failure, so that steps pay nothing for it. */
import type { NetworkParameters } from '@longhand/layers';
import { dtypeOf, type FloatArray } from '@longhand/tensor';

/** A number of a forward pass that is NaN or infinite. */
export interface ForwardFinding {
  /** How far from the input: the smallest of several is the first. */
  readonly order: number;
  /** In words: `the output of 'conv1'`. */
  readonly what: string;
}

/** What one rank finds. */
export interface Findings {
  /** The first parameter of its slice whose gradient, at the last update, was NaN or infinite. */
  readonly gradient?: string;
  /** Of its part of the batch whose loss was NaN or infinite. */
  readonly forward?: ForwardFinding;
}

/** What all ranks found. */
export function firstOf(findings: readonly Findings[]): Findings {
  const gradient = findings.find((one) => one.gradient !== undefined)?.gradient;
  const [forward] = findings
    .flatMap((one) => (one.forward === undefined ? [] : [one.forward]))
    .toSorted((one, other) => one.order - other.order);
  return { ...(gradient !== undefined && { gradient }), ...(forward && { forward }) };
}

/** A part of flat arrays, such as a parameter. */
interface Entry {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** A number that is NaN or infinite, and the path of what it belongs to. */
export interface NonFinite {
  readonly path: string;
  readonly value: number;
}

/**
 * The first number of a flat array that is NaN or infinite.
 *
 * @param from where in the entries the array begins. Default: 0.
 */
export function nonFiniteIn(entries: readonly Entry[], numbers: FloatArray, from = 0): NonFinite | undefined {
  const index = numbers.findIndex((value: number) => !Number.isFinite(value));
  if (index === -1) return undefined;
  const at = from + index;
  const entry = entries.find(({ offset, length }) => at >= offset && at < offset + length);
  return { path: entry?.path ?? `${dtypeOf(numbers)} number ${at}`, value: numbers[index] };
}

/** The first parameter or buffer with a number that is NaN or infinite. */
export function nonFiniteParameter({
  entries,
  values,
  bufferEntries,
  buffers,
}: NetworkParameters): NonFinite | undefined {
  return nonFiniteIn(entries, values) ?? nonFiniteIn(bufferEntries, buffers);
}
