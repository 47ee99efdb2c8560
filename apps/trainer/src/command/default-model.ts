/** Which model is meant when none is named: that of the newest run. */
import { statSync } from 'node:fs';
import { RunFolder, runsFolder } from '../train/run-folder';
import { refusal } from './failure';

/**
 * The best model of the run that was written last, or its last model where nothing was held back to choose by.
 *
 * @throws CommandError when there is no run with a model
 */
export function defaultModel(): string {
  const models = RunFolder.names().flatMap((name) => {
    const folder = RunFolder.open(name);
    const kind = (['best', 'last'] as const).find((file) => folder.has(file));
    return kind === undefined ? [] : [{ file: folder.file(kind), time: statSync(folder.file(kind)).mtimeMs }];
  });
  const [newest] = models.sort((one, other) => other.time - one.time);
  if (newest === undefined) {
    throw refusal(
      `no model: expected a run in ${runsFolder}/, got none; train one with longhand train, or name a --model`,
    );
  }
  return newest.file;
}
