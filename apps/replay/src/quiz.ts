/** Asks for each value before it is shown, and names the usual error that leads to a wrong answer. */
import { createInterface } from 'node:readline';
import { styles } from '@longhand/rendering';
import type { Derivation, DerivationStep, Digits, StudentError } from '@longhand/worked-examples';

/** What each error means, for the student who made it. */
const explanations: Readonly<Record<StudentError['name'], string>> = {
  'forgot σ′': 'that is what comes out without σ′: the error has to go back through the activation too',
  'flipped the kernel': 'that is what comes out with a flipped kernel',
  'used the new weights': 'that is what comes out with the weights after the update; here they are the old ones',
  'used the old weights': 'that is what comes out with the old weights; this note goes on with the updated ones',
  'wrong sign': 'that has the wrong sign: an update goes against the gradient',
};

/** Runs the quiz on standard input and output; the exit code. */
export async function quiz(derivation: Derivation, { color }: { readonly color: boolean }): Promise<number> {
  const { bold, dim, green, red } = styles({ color });
  const asked = derivation.steps.filter(({ formula }) => formula !== undefined);
  const lines = createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);
  say(`${bold(derivation.title)}\n${dim('A number, or return for the answer; Ctrl-D ends.')}`);
  let correct = 0;
  let answered = 0;
  for (const [at, step] of asked.entries()) {
    process.stdout.write(`\n${at + 1}/${asked.length}  ${bold(step.symbol.text)} = ${step.formula?.text}\n? `);
    let { value: line, done } = await lines.next();
    while (!done && Number.isNaN(numberIn(line))) {
      process.stdout.write(`expected a number, got '${line.trim()}'; once more\n? `);
      ({ value: line, done } = await lines.next());
    }
    if (done) break;
    const answer = numberIn(line);
    if (line.trim() !== '') {
      answered++;
      const isCorrect = agrees(answer, step.value, derivation.digits);
      if (isCorrect) correct++;
      say(isCorrect ? green('✓ correct') : red(`✗ ${correction(answer, step, derivation.digits)}`));
    }
    say(dim(`  = ${step.substitution?.text} = ${step.shown}`));
  }
  say(`\n${correct} of ${answered} correct`);
  return 0;
}

/** What was typed as a number: 0 for nothing, NaN for something else. */
function numberIn(line: string): number {
  return Number(line.trim().replace('−', '-').replace(',', '.'));
}

function correction(answer: number, { mistakes = [] }: DerivationStep, digits: Digits): string {
  const error = mistakes.find(({ value }) => agrees(answer, value, digits));
  return error === undefined ? 'not quite' : explanations[error.name];
}

/** To three decimals where those are asked for, else to a thousandth of the value. */
function agrees(answer: number, value: number, digits: Digits): boolean {
  const allowed = digits === 3 ? 0.0005 : Math.max(Math.abs(value) * 1e-3, 1e-9);
  return Math.abs(answer - value) < allowed;
}
