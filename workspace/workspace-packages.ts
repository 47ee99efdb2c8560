/** The packages and apps of the workspace as they lie on disk, for the tests that hold all of them to the same rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the rules read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface WorkspacePackage {
  /** The folder's own name: `tensor`, `trainer`. */
  readonly name: string;
  /** The folder's absolute path. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export const workspaceFolder = fileURLToPath(new URL('..', import.meta.url));
export const workspaceManifest = readManifest(workspaceFolder);
export const packages = packagesIn('packages');
export const apps = packagesIn('apps');

const notOurs: readonly string[] = ['node_modules', 'dist', 'coverage', '.turbo', '.git'];

/** Every file below a folder that we wrote: nothing installed, built or cached, and no programs of tests, which other tests take away. */
export function ownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.includes(entry.name) || entry.name.startsWith('.programs-')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? ownFiles(path) : [path];
  });
}

function packagesIn(parent: string): WorkspacePackage[] {
  return readdirSync(join(workspaceFolder, parent)).map((name) => {
    const folder = join(workspaceFolder, parent, name);
    return { name, folder, manifest: readManifest(folder) };
  });
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
