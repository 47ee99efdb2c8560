/** `longhand serve`: the playground, a page that trains in the browser, for this machine. */
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import type { DataChoice } from '../command/dataset-source';
import { sayLine } from '../command/failure';
import { loadOfferedData, mnistResources } from './offered-data';
import { offeredRuns, runResource } from './offered-runs';
import { readPageFiles } from './page-files';
import { startPageServer } from './page-server';
import { compressAhead, jsonResource, type Resource } from './resource';

export interface ServeOptions extends DataChoice {
  readonly port: number;
}

/** What asks the server to end. */
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Serves the page until the process is asked to end.
 *
 * @param pageFolder where the built page is. Default: beside the program
 * @throws CommandError when the page is missing, DatasetError when the data cannot be read
 */
export async function serveCommand(
  { port, ...choice }: ServeOptions,
  pageFolder = fileURLToPath(new URL('page', import.meta.url)),
): Promise<void> {
  const page = readPageFiles(pageFolder);
  const { data } = choice;
  const own = data === undefined ? undefined : await loadOfferedData({ ...choice, data });
  if (own?.note !== undefined) sayLine(own.note);
  const site = jsonResource(() => ({
    server: 'longhand',
    version: packageJson.version,
    ...(own && { data: own.offered }),
    runs: offeredRuns(),
  }));
  const resources = new Map<string, Resource>([
    ...page.resources,
    ...mnistResources(),
    ...(own?.resources ?? []),
    ['site.json', site],
  ]);
  const index = resources.get('index.html');
  if (index !== undefined) resources.set('', index);
  const server = await startPageServer({
    find: (path) => resources.get(path) ?? runResource(path),
    headers: page.headers,
    port,
  });
  // Compressed before the page asks for them.
  compressAhead(resources.values());
  for (const path of mnistResources().keys())
    void resources
      .get(path)
      ?.bytes()
      .catch(() => {});
  if (server.port !== port) sayLine(`port ${port} is taken: this is ${server.port}`);
  // Before it says where it is: whoever reads that may end it at once.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of interruptions) process.once(signal, () => resolve());
  });
  process.stdout.write(`The playground is at ${server.url} (Ctrl-C ends it)\n`);
  await interrupted;
  await server.close();
}
