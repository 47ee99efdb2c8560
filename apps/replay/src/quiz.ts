/** Asks for each value before it is shown, with the numbers that it is made of, and names the usual error that leads to a wrong answer. */
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
  say(`${bold(derivation.title)}\n${dim('A number, such as −0.25, or return for the answer; Ctrl-D ends.')}`);
  let correct = 0;
  let answered = 0;
  for (const [at, step] of asked.entries()) {
    say(`\n${at + 1}/${asked.length}  ${bold(step.symbol.text)} = ${step.formula.text}`);
    const inputs = [...new Set(step.inputs)];
    const numbers = inputs.flatMap((id) => known.get(id) ?? []);
    // A part of a large network has no names for all numbers that it begins with.
    const given = numbers.length < inputs.length ? `= ${step.substitution.text}` : `with ${numbers.join(', ')}`;
    if (inputs.length > 0) say(dim(`  ${given}`));
    process.stdout.write('? ');
    let { value: line, done } = await lines.next();
    while (!done && Number.isNaN(numberTyped(line))) {
      process.stdout.write(`expected a number such as 0.25, got '${line.trim()}'; once more, or Ctrl-D to end\n? `);
      ({ value: line, done } = await lines.next());
    }
    if (done) break;
    const answer = numberTyped(line);
    if (line.trim() !== '') {
      answered++;
      const isCorrect = agrees(answer, step.value, derivation.digits);
      if (isCorrect) correct++;
      say(isCorrect ? green('✓ correct') : red(`✗ ${correctionOf(answer, step, derivation.digits)}`));
    }
    say(dim(`  = ${step.substitution.text} = ${step.shown}`));
  }
  say(`\n${correct} of ${answered} correct`);
  return 0;
}
