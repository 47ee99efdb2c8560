/** Asks for each value before it is shown, and names the usual error that leads to a wrong answer. */
import { createInterface } from 'node:readline';
import { styles } from '@longhand/rendering';
import { agrees, correctionOf, type Derivation, numberTyped } from '@longhand/worked-examples';

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
    while (!done && Number.isNaN(numberTyped(line))) {
      process.stdout.write(`expected a number, got '${line.trim()}'; once more\n? `);
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
    say(dim(`  = ${step.substitution?.text} = ${step.shown}`));
  }
  say(`\n${correct} of ${answered} correct`);
  return 0;
}
