/** What options may be. A value that does not fit is said with the option's name by commander. */
import { InvalidArgumentError } from 'commander';

/** A whole number of at least `least`, and at most `most` if there is such a bound. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const expected = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number ${expected}.`);
    }
    return value;
  };
}

/** A number above zero. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('Expected a number above 0.');
  }
  return value;
}

/** A number from zero to below `bound`. */
export function numberBelow(bound: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value < bound)) {
      throw new InvalidArgumentError(`Expected a number from 0 to below ${bound}.`);
    }
    return value;
  };
}

/** A number of at least zero. */
export function numberFromZero(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('Expected a number of at least 0.');
  }
  return value;
}

/** A number above zero, one at most. */
export function partOfOne(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('Expected a number above 0 and up to 1, such as 0.99.');
  }
  return value;
}

/** The name of a file or folder. An empty one, as of a shell's variable that is not set, is found nowhere. */
export function pathName(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected the name of a file or folder.');
  return text;
}

/** Names with commas between them, spaces around each taken away. What they name has to fit them. */
export function namesInList(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}
