/**
 * The lives of runs from the first file to the report, for tests that disturb them: the commands, what lies in their folder before,
 * what comes of them, and what a person types to go on.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { subset } from '@longhand/datasets';
import { loadMnist } from '@longhand/mnist/node';
import { xxHash32 } from '@longhand/training';
import { expect } from 'vitest';
import { RunFolder } from '../src/run/run-folder';
import { runLogs } from '../src/run/run-logs';
import { readConfig, readRecord } from '../src/run/run-record';
import { writeFolder } from './test-folder';

/** A command, and the names of the runs that it makes. */
export interface Life {
  readonly command: readonly string[];
  readonly runs: readonly string[];
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

const common = ['--data', 'digits', '--model', 'pooled.json', '--epochs', '2', '--batch-size', '16', '--quiet'];

/** A new run, one with a best model, one that starts from another and learns from it, one in the place of an earlier one, several seeds. */
export const lives: readonly Life[] = [
  { command: [...common, '--name', 'plain', '--checkpoint-every', '3'], runs: ['plain'] },
  { command: [...common, '--name', 'chosen', '--validation', '16'], runs: ['chosen'] },
  {
    command: [
      ...['--data', 'digits', '--from', 'teacher.safetensors', '--teacher', 'teacher.safetensors'],
      ...['--epochs', '1', '--quiet', '--name', 'pupil'],
    ],
    runs: ['pupil'],
  },
  { command: [...common, '--name', 'replaced', '--validation', '16', '--seed', '3', '--force'], runs: ['replaced'] },
  { command: [...common, '--epochs', '1', '--name', 'both', '--seeds', '2'], runs: ['both-seed-1', 'both-seed-2'] },
];

/** The lives in a folder. */
export class RunLives {
  readonly #at: (...names: string[]) => string;
  readonly #train: (options: readonly string[]) => Promise<Ended>;

  /**
   * @param at a path in the folder
   * @param train runs the command there
   */
  constructor(at: (...names: string[]) => string, train: (options: readonly string[]) => Promise<Ended>) {
    this.#at = at;
    this.#train = train;
  }

  /** Makes the data, the network, the model to start from, and the run that is replaced. */
  async makeFolder(): Promise<void> {
    const part = (split: 'train' | 'test', to: number) => subset(loadMnist({ split }), { from: 0, to });
    writeFolder('digits', part('train', 80), part('test', 24));
    const layers = [{ kind: 'pool2d', pooling: 'mean', window: 4 }, 'flatten', { kind: 'dense', outFeatures: 10 }];
    writeFileSync(this.#at('pooled.json'), JSON.stringify({ layers }));
    await this.#train([...common, '--epochs', '1', '--name', 'teacher']);
    cpSync(this.#at('runs/teacher/last.safetensors'), this.#at('teacher.safetensors'));
    await this.#train([...common, '--name', 'earlier', '--seed', '9', '--validation', '16']);
    cpSync(this.#at('runs/earlier'), this.#at('earlier'), { recursive: true });
  }

  /** Makes the folder of all runs as it is before each life. */
  prepare(): void {
    rmSync(this.#at('runs'), { recursive: true, force: true });
    cpSync(this.#at('earlier'), this.#at('runs/replaced'), { recursive: true });
  }

  /** All that a run resulted in, without what a clock says. */
  resultsOf(run: string): unknown {
    const text = readFileSync(this.#at('runs', run, 'metrics.jsonl'), 'utf8');
    const metrics = text.split('\n').map((line) => line.replace(/"seconds":[^,]*,"imagesPerSecond":[^,}]*/, ''));
    const models = ['last.safetensors', 'best.safetensors']
      .filter((name) => existsSync(this.#at('runs', run, name)))
      .map((name) => [name, xxHash32(readFileSync(this.#at('runs', run, name)))]);
    const folder = RunFolder.open(this.#at('runs', run));
    // Whether each is what the checkpoint says.
    const logs = runLogs({ config: readConfig(folder), record: readRecord(folder) }).every(([log, content]) =>
      readFileSync(folder.file(log)).equals(content),
    );
    return { metrics, logs, models, report: existsSync(folder.file('report')) };
  }

  /** The names of files that only an interrupted run has. */
  litterOf(run: string): string[] {
    return readdirSync(this.#at('runs', run)).filter((name) => name.startsWith('.') || /\.next\.|\.lock$/.test(name));
  }

  /**
   * Goes on as a person does who reads what the command says: by the same command, or by `--resume`.
   *
   * @throws Error when neither does
   */
  async goOn({ command, runs }: Life, resumesFirst: boolean): Promise<void> {
    const ways = runs.length > 1 ? [command] : [command, ['--resume', runs[0]]];
    const said: string[] = [];
    for (const options of resumesFirst ? ways.toReversed() : ways) {
      const { code, stderr } = await this.#train(options);
      said.push(stderr);
      expect(stderr).not.toContain('unexpected failure');
      // A run that was finished before needs no more, unless it is still the one that was to be replaced.
      if (code === 0 || (stderr.includes('but it is finished') && !this.#isEarlier(runs[0]))) return;
    }
    throw new Error(`no way to go on: ${said.join('')}`);
  }

  #isEarlier(run: string): boolean {
    return run === 'replaced' && readFileSync(this.#at('runs', run, 'config.json'), 'utf8').includes('"seed": 9');
  }
}
