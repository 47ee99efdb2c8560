/**
 * A registry on this machine, so that package managers install what is published as their users do, without a network: it serves our
 * tarballs, and of other packages the files that the workspace has installed. What is published to it, it serves too.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { PublishedPackage } from './tarballs';
import { type Manifest, workspaceFolder } from './workspace-packages';

export interface LocalRegistry {
  readonly url: string;
  /** `@longhand/tensor@0.1.0`, in the order in which they were published to it. */
  readonly published: readonly string[];
  close(): void;
}

/** What npm sends to publish a package. */
interface PublishRequest {
  readonly versions: Readonly<Record<string, Manifest>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

interface Release {
  readonly manifest: Manifest;
  /** Made when it is first asked for. */
  readonly tarball: () => Uint8Array;
}

/**
 * @param packages Those that it serves from the beginning, with all that they depend on.
 * @param options.withOurs False: our own packages are to be published to it first.
 */
export async function startLocalRegistry(
  packages: readonly PublishedPackage[],
  { withOurs = true } = {},
): Promise<LocalRegistry> {
  const releases = new Map<string, Release>();
  const published: string[] = [];
  if (withOurs) for (const ours of packages) releases.set(ours.name, packedRelease(readFileSync(ours.tarball)));
  for (const { folder, manifest } of packages) addInstalled(join(workspaceFolder, folder), manifest, releases);

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://localhost').pathname).slice(1);
    const [name = '', isTarball] = path.split('/-/');
    if (request.method === 'PUT') {
      const { versions, _attachments } = (await json(request)) as PublishRequest;
      for (const manifest of Object.values(versions)) published.push(`${manifest.name}@${manifest.version}`);
      for (const { data } of Object.values(_attachments)) {
        releases.set(name, packedRelease(Buffer.from(data, 'base64')));
      }
      return answer(response, 201, { ok: true });
    }
    const release = releases.get(name);
    if (release === undefined) return answer(response, 404, { error: `${name} is not in this registry` });
    if (isTarball) return response.end(release.tarball());
    answer(response, 200, description(release, `http://${request.headers.host}/${name}/-/${basename(name)}.tgz`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    published,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a registry says of a package, of which it has one version. */
function description({ manifest, tarball }: Release, url: string): object {
  const { name, version } = manifest;
  const hash = (algorithm: string) => createHash(algorithm).update(tarball());
  const dist = {
    tarball: url,
    shasum: hash('sha1').digest('hex'),
    integrity: `sha512-${hash('sha512').digest('base64')}`,
  };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function packedRelease(tarball: Uint8Array): Release {
  const manifest = execFileSync('tar', ['-xzOf', '-', 'package/package.json'], { input: tarball, encoding: 'utf8' });
  return { manifest: JSON.parse(manifest), tarball: () => tarball };
}

/** Adds what a package in a folder depends on, as pnpm has installed it there. */
function addInstalled(folder: string, { dependencies = {} }: Manifest, releases: Map<string, Release>): void {
  for (const name of Object.keys(dependencies)) {
    if (name.startsWith('@longhand/') || releases.has(name)) continue;
    const installed = realpathSync(installedFolder(folder, name));
    const manifest: Manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    releases.set(name, { manifest, tarball: once(() => tarballOf(installed)) });
    addInstalled(installed, manifest, releases);
  }
}

/** Where Node finds it, from a folder upward. */
function installedFolder(from: string, name: string): string {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  if (dirname(from) === from) throw new Error(`${name}: expected it to be installed, found it nowhere`);
  return installedFolder(dirname(from), name);
}

/** Clients take any name for the folder that all files of a tarball are in. */
function tarballOf(folder: string): Uint8Array {
  // pnpm keeps equal files once. Tar would write the second as a link, which clients leave out; copies are files of their own.
  const copy = mkdtempSync(join(tmpdir(), 'longhand-package-'));
  try {
    cpSync(folder, copy, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
    const tar = execFileSync('tar', ['-cf', '-', '-C', dirname(copy), basename(copy)], { maxBuffer: 2 ** 30 });
    return gzipSync(tar, { level: 1 });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
