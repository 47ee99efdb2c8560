/**
 * The display on a terminal: a screen that is drawn anew several times a second. It is drawn on the terminal's alternate
 * screen, which survives resizing (lines of the normal one would be broken anew, and could not be found again) and leaves what
 * was there before untouched. When it closes, the normal screen comes back, and a line for each epoch is written there to stay.
 */
import {
  columnsOf,
  type MisclassifiedExample,
  type TrainingScreenState,
  takesUnicode,
  trainingScreen,
  wantsColor,
} from '@longhand/rendering';
import type { TrainingProgress } from '@longhand/training';
import { RunCurves } from './run-curves';
import {
  epochLine,
  type FinishedEpoch,
  Pace,
  type RunExtent,
  type RunHistory,
  type TrainingDisplay,
} from './training-display';

/** How often it is drawn at most, in milliseconds: often enough to live, seldom enough to cost nothing. */
const redrawInterval = 80;

/** The alternate screen without a cursor, and without lines that go on in the next where the terminal has become narrower; and back. */
const [enter, leave] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'];
/** Terminals that know it show all that is written between at once; others ignore it. */
const [begin, end] = ['\u001b[?2026h', '\u001b[?2026l'];
/** What is cleared. */
const [restOfLine, restOfScreen, everything] = ['\u001b[K', '\u001b[J', '\u001b[2J'];

export class LiveScreen implements TrainingDisplay {
  readonly live = true;
  readonly #host: TerminalHost;
  readonly #now: () => number;
  readonly #pace: Pace;
  readonly #curves: RunCurves;
  #state: Omit<TrainingScreenState, 'curves' | 'working'>;
  #working: string | undefined;
  #lastDrawn = Number.NEGATIVE_INFINITY;
  /** Epochs that are on the normal screen. */
  #printed: number;
  readonly #epochs: FinishedEpoch[];
  /** Gives up what the open screen holds; there only while it is open. */
  #release: (() => void) | undefined;

  constructor(
    about: RunExtent & { readonly title: string; readonly before?: RunHistory },
    host: TerminalHost,
    now: () => number,
  ) {
    this.#host = host;
    this.#now = now;
    this.#pace = new Pace(about);
    const { before, epochs } = about;
    this.#curves = new RunCurves(epochs, before);
    this.#epochs = (before?.epochs ?? []).map((record) => ({ ...record, epochs }));
    this.#printed = this.#epochs.length;
    this.#state = { title: about.title, epochs: this.#epochs, misclassified: [] };
  }

  heading(text: string): void {
    this.close();
    this.#host.stderr.write(`${text}\n`);
  }

  step(progress: TrainingProgress): void {
    const now = this.#now();
    const { epoch, epochs, step, stepsPerEpoch: steps, loss, accuracy, learningRate } = progress;
    const speed = this.#pace.step(progress, now);
    this.#curves.step(progress);
    this.#state = { ...this.#state, progress: { epoch, epochs, step, steps, loss, accuracy, learningRate, ...speed } };
    this.#working = undefined;
    if (now - this.#lastDrawn >= redrawInterval) this.#draw();
  }

  epoch(record: FinishedEpoch): void {
    this.#epochs.push(record);
    this.#curves.epoch(record);
    this.#draw();
  }

  misclassified(examples: readonly MisclassifiedExample[]): void {
    this.#state = { ...this.#state, misclassified: examples };
    this.#draw();
  }

  working(what: string): void {
    this.#pace.pause(this.#now());
    this.#working = what;
    this.#draw();
  }

  close(): void {
    const { stderr } = this.#host;
    this.#release?.();
    const width = columnsOf(stderr);
    for (const record of this.#epochs.slice(this.#printed)) stderr.write(`${epochLine(record, width)}\n`);
    this.#printed = this.#epochs.length;
  }

  #open(): void {
    const { stderr } = this.#host;
    const redraw = (): void => this.#draw(everything);
    stderr.on('resize', redraw);
    stderr.write(enter);
    const forget = untilTheEnd(this.#host, {
      end: () => this.close(),
      suspend: () => stderr.write(leave),
      resume: () => {
        stderr.write(enter);
        redraw();
      },
    });
    this.#release = () => {
      this.#release = undefined;
      forget();
      stderr.off('resize', redraw);
      stderr.write(leave);
    };
  }

  #draw(before = ''): void {
    if (this.#release === undefined) this.#open();
    const { stderr, env } = this.#host;
    const { rows = 0 } = stderr;
    const working = this.#working === undefined ? {} : { working: this.#working };
    const lines = trainingScreen(
      { ...this.#state, ...working, curves: this.#curves.state },
      {
        // One is left free: where the last is written, some terminals clear it again with the rest of the line.
        columns: columnsOf(stderr) - 1,
        rows: rows > 0 ? rows : 24,
        color: wantsColor(stderr, env),
        unicode: takesUnicode(env),
      },
    );
    // Each line goes to its place: line breaks would scroll a terminal that has become lower.
    const drawn = lines.map((line, at) => `\u001b[${at + 1}H${line}${restOfLine}`).join('');
    stderr.write(begin + before + drawn + restOfScreen + end);
    this.#lastDrawn = this.#now();
  }
}

/** As much of Node's `process` as displays need. */
export type TerminalHost = Pick<
  NodeJS.Process,
  'stdout' | 'stderr' | 'env' | 'pid' | 'on' | 'off' | 'kill' | 'listenerCount'
>;

export interface TerminalKeeper {
  /** The process ends: puts the terminal back. */
  end(): void;
  /** The process is put to sleep (Ctrl-Z): puts the terminal back for now. */
  suspend(): void;
  /** It was woken. */
  resume(): void;
}

/** What ends a process that does not listen; where others listen, ending is their affair. */
const fatalSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls the keeper however the process ends: an exit, an error that nobody caught, a signal that nobody else handles.
 *
 * @returns what stops that
 */
export function untilTheEnd(host: TerminalHost, keeper: TerminalKeeper): () => void {
  const end = (): void => keeper.end();
  const endBy = (signal: NodeJS.Signals): void => {
    if (host.listenerCount(signal) > 1) return;
    forget();
    keeper.end();
    host.kill(host.pid, signal);
  };
  const suspend = (): void => {
    keeper.suspend();
    host.kill(host.pid, 'SIGSTOP');
  };
  const resume = (): void => keeper.resume();
  const listeners: readonly (readonly [event: string, listener: (signal: NodeJS.Signals) => void])[] = [
    ['exit', end],
    ['uncaughtExceptionMonitor', end],
    ...fatalSignals.map((signal) => [signal, endBy] as const),
    ['SIGTSTP', suspend],
    ['SIGCONT', resume],
  ];
  const forget = (): void => {
    for (const [event, listener] of listeners) host.off(event, listener);
  };
  for (const [event, listener] of listeners) host.on(event, listener);
  return forget;
}
