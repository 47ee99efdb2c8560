/**
 * Asks for each value before it is shown, with the numbers that it is made of. Of a wrong answer it names the usual error that leads to it,
 * and asks once more.
 */
import { createInterface } from 'node:readline';
import { styles } from '@longhand/rendering';
import { agrees, type ComputedStep, correctionOf, type Derivation, numberTyped } from '@longhand/worked-examples';

/** A sum of more numbers is not worked out with a pencil. */
const mostNumbers = 24;

/**
 * Runs the quiz on standard input and output; the exit code.
 *
 * @param whole the whole derivation, which has the numbers that the asked ones are made of
 */
export async function quiz(
  derivation: Derivation,
  { whole, color }: { readonly whole: Derivation; readonly color: boolean },
): Promise<number> {
  const { bold, dim, green, red } = styles({ color });
  const asked = derivation.steps.filter(
    (step): step is ComputedStep => step.formula !== undefined && step.inputs.length <= mostNumbers,
  );
  const known = new Map(whole.steps.map(({ id, symbol, shown }) => [id, `${symbol.text} = ${shown}`]));
  const lines = createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);
  /** What is typed: a number, nothing, or the end of the input. */
  const typed = async (): Promise<number | 'nothing' | 'end'> => {
    process.stdout.write('? ');
    for (;;) {
      const { value: line, done } = await lines.next();
      if (done) return 'end';
      if (line.trim() === '') return 'nothing';
      const answer = numberTyped(line);
      if (!Number.isNaN(answer)) return answer;
      process.stdout.write(`expected a number such as 0.25, got '${line.trim()}'; once more, or Ctrl-D to end\n? `);
    }
  };
  const isCorrect = (answer: number, { value }: ComputedStep): boolean => agrees(answer, value, derivation.digits);
  const wrong = (answer: number, step: ComputedStep): string =>
    red(`✗ ${correctionOf(answer, step, derivation.digits)}`);
  say(
    `${bold(derivation.title)}\n${dim('A number, such as −0.25, or return for the answer; a wrong one has a second try. Ctrl-D ends.')}`,
  );
  const score = { answered: 0, atOnce: 0, atSecondTry: 0 };
  for (const [at, step] of asked.entries()) {
    const { symbol, formula, substitution, shown } = step;
    say(`\n${at + 1}/${asked.length}  ${bold(symbol.text)} = ${formula.text}`);
    const inputs = [...new Set(step.inputs)];
    const numbers = inputs.flatMap((id) => known.get(id) ?? []);
    // A part of a large network has no names for all numbers that it begins with.
    const given = numbers.length < inputs.length ? `= ${substitution.text}` : `with ${numbers.join(', ')}`;
    if (inputs.length > 0) say(dim(`  ${given}`));
    const worked = dim(`  = ${substitution.text} = ${shown}`);
    const first = await typed();
    if (first === 'end') break;
    if (first === 'nothing') {
      say(worked);
      continue;
    }
    score.answered++;
    if (isCorrect(first, step)) {
      score.atOnce++;
      say(`${green('✓ correct')}\n${worked}`);
      continue;
    }
    say(`${wrong(first, step)}; once more, or return for the answer`);
    const second = await typed();
    if (second === 'end') break;
    if (second !== 'nothing' && isCorrect(second, step)) {
      score.atSecondTry++;
      say(`${green('✓ correct')}\n${worked}`);
      continue;
    }
    if (second !== 'nothing') say(wrong(second, step));
    say(dim(`  ${symbol.text} = ${formula.text} = ${substitution.text} = ${shown}`));
  }
  const { answered, atOnce, atSecondTry } = score;
  say(`\n${atOnce + atSecondTry} of ${answered} correct: ${atOnce} at once, ${atSecondTry} at the second try`);
  return 0;
}
