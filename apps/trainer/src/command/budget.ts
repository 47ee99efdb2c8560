/** What the files of this command may ask for: the usual budget, or what `--budget` raises. */
import { type Budget, budgetNames } from '@longhand/schema';
import { InvalidArgumentError, Option } from 'commander';

let current: Partial<Budget> = {};

/** The budget of this command, for every reader. */
export function currentBudget(): Partial<Budget> {
  return current;
}

/** An option of every command that reads files. */
export function budgetOption(): Option {
  return new Option(
    '--budget <limits>',
    'let files ask for more than usual, such as layers=20000,bytes=8e9; a refusal says what to raise',
  ).argParser(limitsIn);
}

/** Remembers what `--budget` said, and leaves the option's value to nobody else. */
function limitsIn(text: string): Partial<Budget> {
  const limits = text.split(',').map((part) => {
    const [name, amount = '', ...others] = part.split('=').map((word) => word.trim());
    const limit = budgetNames.find((known) => known === name);
    const value = Number(amount);
    if (limit === undefined || others.length > 0 || amount === '' || !(value > 0)) {
      throw new InvalidArgumentError(`Expected limits such as layers=20000, of ${budgetNames.join(', ')}.`);
    }
    return [limit, value] as const;
  });
  current = { ...current, ...Object.fromEntries(limits) };
  return current;
}
