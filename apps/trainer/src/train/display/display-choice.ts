/** Which display a run gets. */
import { isLive } from '@longhand/rendering';
import { LiveScreen } from './live-screen';
import type { RunExtent } from './pace';
import { JsonLines, PlainLines, Quiet } from './plain-displays';
import type { TerminalHost } from './terminal-host';
import type { RunHistory, TrainingDisplay } from './training-display';

/**
 * A screen that is drawn anew where stderr is a terminal that can do it; a line for each epoch in files, pipes, dumb
 * terminals and on machines that build (`CI`); nothing if `quiet`; JSON on stdout if `json`.
 */
export function trainingDisplay(
  { quiet = false, json = false }: { readonly quiet?: boolean; readonly json?: boolean },
  about: RunExtent & {
    readonly title: string;
    /** How many of the images a run that goes on has seen before. */
    readonly imagesBefore?: number;
    readonly before?: RunHistory;
  },
  host: TerminalHost = process,
): TrainingDisplay {
  const now = (): number => performance.now();
  if (quiet) return new Quiet();
  if (json) return new JsonLines({ imagesBefore: 0, ...about }, host.stdout, now);
  return isLive(host.stderr, host.env) && !host.env.CI ? new LiveScreen(about, host, now) : new PlainLines(host.stderr);
}
