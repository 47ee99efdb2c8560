/** Asks for each value before it is shown, and names the usual mistake when the answer is one. */
import { createInterface } from 'node:readline';
import { styles } from '@longhand/rendering';
import type { Derivation, DerivationStep, Digits, Mistake } from '@longhand/worked-examples';

/** What each mistake means, for the one who made it. */
const explanations: Readonly<Record<Mistake['name'], string>> = {
  'forgot σ′': 'that is what comes out without σ′: the error has to go back through the activation too',
  'flipped the kernel': 'that is what comes out with the kernel laid on the other way round',
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
  say(`${bold(derivation.title)}\n${dim('A number, or return to be told; Ctrl-D ends.')}`);
  let right = 0;
  let answered = 0;
  for (const [at, step] of asked.entries()) {
    process.stdout.write(`\n${at + 1}/${asked.length}  ${bold(step.symbol.text)} = ${step.formula?.text}\n? `);
    const { value: line, done } = await lines.next();
    if (done) break;
    const answer = Number(line.trim().replace('−', '-').replace(',', '.'));
    if (line.trim() !== '') {
      answered++;
      const isRight = agrees(answer, step.value, derivation.digits);
      if (isRight) right++;
      say(isRight ? green('✓ right') : red(`✗ ${correction(line.trim(), answer, step, derivation.digits)}`));
    }
    say(dim(`  = ${step.substitution?.text} = ${step.shown}`));
  }
  say(`\n${right} of ${answered} right`);
  return 0;
}

function correction(text: string, answer: number, { mistakes = [] }: DerivationStep, digits: Digits): string {
  if (Number.isNaN(answer)) return `expected a number, got '${text}'`;
  const mistake = mistakes.find(({ value }) => agrees(answer, value, digits));
  return mistake === undefined ? 'not quite' : explanations[mistake.name];
}

/** To three decimals where those are asked for, else to a thousandth of the value. */
function agrees(answer: number, value: number, digits: Digits): boolean {
  const allowed = digits === 3 ? 0.0005 : Math.max(Math.abs(value) * 1e-3, 1e-9);
  return Math.abs(answer - value) < allowed;
}
