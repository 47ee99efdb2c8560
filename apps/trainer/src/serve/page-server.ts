/**
 * A server for one page and its data, for this machine alone. A path is looked up in a table, never in the file system, so none can
 * lead out of it. Requests for another host are refused: a page elsewhere whose name is made to point here (DNS rebinding) gets
 * nothing.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encoded, type Resource } from './resource';

export interface PageServerOptions {
  /** The resource of a path without its first slash; `''` is the page. */
  readonly find: (path: string) => Resource | undefined;
  /** Sent with everything. */
  readonly headers: Readonly<Record<string, string>>;
  /** The port to begin with. Default: one that the system chooses. */
  readonly port?: number;
}

export interface PageServer {
  /** `http://127.0.0.1:8400/` */
  readonly url: string;
  readonly port: number;
  /** Ends it at once, with the connections that browsers keep open. */
  close(): Promise<void>;
}

/** How many ports are tried, from the wanted one up, before the system chooses. */
const triedPorts = 20;

/**
 * Starts a server on the loopback interface. If the port is taken, it is the next free one.
 *
 * @example const { url, close } = await startPageServer({ find: (path) => files.get(path), headers: {} });
 */
export async function startPageServer({ find, headers, port = 0 }: PageServerOptions): Promise<PageServer> {
  let hosts: readonly string[] = [];
  const server = createServer((request, response) => {
    respond(request, response, { find, headers, hosts }).catch(() => response.destroy());
  });
  const listening = await listen(server, port);
  hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${listening}`);
  return {
    url: `http://127.0.0.1:${listening}/`,
    port: listening,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, wanted: number): Promise<number> {
  const ports = wanted === 0 ? [0] : [...Array.from({ length: triedPorts }, (_, at) => wanted + at), 0];
  for (const port of ports.filter((candidate) => candidate < 65_536)) {
    const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (failure === undefined) return (server.address() as AddressInfo).port;
    if (failure.code !== 'EADDRINUSE' && failure.code !== 'EACCES') throw failure;
  }
  throw new Error('expected a free port, got none');
}

interface ResponseContext extends Required<Pick<PageServerOptions, 'find' | 'headers'>> {
  /** The hosts by which this server may be called. */
  readonly hosts: readonly string[];
}

async function respond(
  { method = '', url = '', headers: given }: IncomingMessage,
  response: ServerResponse,
  { find, headers, hosts }: ResponseContext,
): Promise<void> {
  const refuse = (status: number, text: string): void => {
    response
      .writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
      .end(text);
  };
  if (!hosts.includes(given.host ?? '')) return refuse(421, `expected ${hosts.join(' or ')} as host\n`);
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'expected GET or HEAD: nothing can be changed here\n');
  const path = pathOf(url);
  const resource = path === undefined ? undefined : find(path);
  if (resource === undefined) return refuse(404, 'there is nothing of that name here\n');
  const { encoding, content } = await encoded(resource, String(given['accept-encoding'] ?? ''));
  response.writeHead(200, {
    ...headers,
    'Content-Type': resource.type,
    'Content-Length': content.length,
    'Cache-Control': resource.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
  });
  response.end(method === 'HEAD' ? undefined : content);
}

/** The path of a request without its first slash and its query, as written: dots and escapes mean nothing to a table. */
function pathOf(url: string): string | undefined {
  const path = /^\/([^?#]*)/.exec(url)?.[1];
  try {
    return path === undefined ? undefined : decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
