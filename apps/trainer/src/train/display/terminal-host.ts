/** The process behind a terminal, and every way in which it can end: whoever changed the terminal puts it back. */

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
