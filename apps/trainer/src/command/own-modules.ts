/**
 * Code of the user's own: which modules a command may run, and what files call them.
 *
 * A module runs only where a person names its file: in an option (`--loss ./hinge.mjs`), in a network file (`--model`), or in a settings
 * file of theirs (`--config`). What longhand wrote, models and runs, names modules too; of those run only the files given as
 * `--module`. So nothing in a model can make a command run code that its user did not name.
 *
 * Files name modules by their paths from the folder of the file. In memory a module has its URL.
 */
import { statSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { quoted } from '@longhand/rendering';
import {
  importModules,
  isRecord,
  type ModuleReference,
  type Modules,
  modulesIn,
  object,
  optional,
  parseJson,
  shown,
  string,
  unknown,
} from '@longhand/schema';
import type { DecodeOptions } from '@longhand/training';
import { currentBudget } from './budget';
import { expectForeignFailures, refusal, sayLine, unusable } from './failure';

/** Code that a command may run. */
export interface OwnCode {
  /** The imported modules by URL. */
  readonly modules: Modules;
  /** Where a module is that a file names by this URL: another URL for one that was moved, and given as `--module`. */
  readonly urlOf: (url: string) => string;
}

export const noCode: OwnCode = { modules: {}, urlOf: (url) => url };

/** Which modules a command is about to run. */
export interface WantedCode {
  /** The URLs of modules that a person named. */
  readonly trusted?: readonly string[];
  /** The URLs of modules that a file of longhand's names, and the file. */
  readonly named?: { readonly urls: readonly string[]; readonly by: string };
  /** The files given as `--module`. */
  readonly given?: readonly string[] | undefined;
}

/**
 * Imports modules, after it has said so in a line on stderr.
 *
 * @throws CommandError when a file of longhand's names a module that was not given, ModuleError when one cannot be imported
 */
export async function importCode({ trusted = [], named, given = [] }: WantedCode): Promise<OwnCode> {
  const moved =
    named === undefined ? new Map<string, string>() : permittedModules([...new Set(named.urls)], named.by, given);
  const urls = [...new Set([...trusted, ...moved.values()])];
  for (const url of urls) {
    if (!isFile(url)) throw unusable(`${pathOf(url)}: expected the file of a module, got none`);
  }
  announce(urls);
  return { modules: await importModules(urls), urlOf: (url) => moved.get(url) ?? url };
}

/** @throws CommandError when one of the files given as `--module` is none that a file named: it may be misspelled */
export function checkGiven(given: readonly string[] = [], by: string): void {
  const unused = given.find((file) => !announced.has(pathToFileURL(resolve(file)).href));
  if (unused === undefined) return;
  throw refusal(`option '--module': expected a module that ${by} names, got ${unused}; leave it out`);
}

/** The modules that have been imported. */
const announced = new Set<string>();

/** Says whose code is about to run, once. */
function announce(urls: readonly string[]): void {
  const news = urls.filter((url) => !announced.has(url));
  for (const url of news) announced.add(url);
  if (news.length === 0) return;
  sayLine(`note: this runs code of your own: ${news.map(pathOf).join(', ')}`);
  expectForeignFailures();
}

/** Each named module with the URL of the given file that it stands for: the very file, or one of its name that was moved. */
function permittedModules(urls: readonly string[], by: string, given: readonly string[]): Map<string, string> {
  const files = given.map((file) => pathToFileURL(resolve(file)).href);
  const permitted = new Map<string, string>();
  for (const url of urls.filter((url) => url.startsWith('file:'))) {
    const alike = files.filter((file) => nameOf(file) === nameOf(url));
    const only = alike.length === 1 && urls.filter((other) => nameOf(other) === nameOf(url)).length === 1;
    if (files.includes(url)) permitted.set(url, url);
    else if (only) permitted.set(url, alike[0]);
  }
  const missing = urls.filter((url) => !permitted.has(url));
  if (missing.length > 0) throw unusable(`${by}: ${refusedText(missing)}`);
  return permitted;
}

function refusedText(missing: readonly string[]): string {
  const strange = missing.find((url) => !url.startsWith('file:'));
  if (strange !== undefined) {
    return `expected modules in files, got ${shown(strange.slice(0, 60))}, which is never run`;
  }
  const lost = missing.find((url) => !isFile(url));
  if (lost !== undefined) {
    return `expected the module that it names, but there is no file ${pathOf(lost)}; name it where it is now: --module <folder>/${quoted(nameOf(lost))}`;
  }
  return `names code of your own, which runs only if you say so; if you trust it, add ${moduleOptions(missing).map(quoted).join(' ')}`;
}

/** What to type so that these modules run: `--module`, a path, and so on. */
export function moduleOptions(urls: readonly string[]): readonly string[] {
  return [...new Set(urls)].flatMap((url) => ['--module', pathOf(url)]);
}

/** The URL of a module that a file of the folder names. */
export function moduleUrl(name: string, folder: string): string {
  return isUrl(name) ? name : pathToFileURL(resolve(folder, name)).href;
}

/** What a file of the folder calls a module: its path from there, the same on every machine. */
export function moduleName(url: string, folder: string): string {
  const path = relative(resolve(folder), fileOf(url) ?? '');
  // A file on another drive of Windows has no path from here.
  if (fileOf(url) === undefined || isAbsolute(path)) return url;
  const name = path.split(sep).join('/');
  return name.startsWith('.') ? name : `./${name}`;
}

/** How `decodeModel` reads a file of the folder. */
export function decodeOptions({ modules, urlOf }: OwnCode, folder: string): DecodeOptions {
  return { modules, moduleUrl: (name) => urlOf(moduleUrl(name, folder)), budget: currentBudget() };
}

/** The URLs of the modules that a description in a file of the folder names. */
export function urlsIn(description: unknown, folder: string): readonly string[] {
  return modulesIn(description).map((name) => moduleUrl(name, folder));
}

const referenceSchema = object({ module: string, export: optional(string), options: optional(unknown) });

/**
 * An object of the user's own as a setting: `./hinge.mjs`, `./hinge.mjs#hinge` for the export `hinge`, or with options
 * `{ "module": "./hinge.mjs", "export": "hinge", "options": { … } }`, as JSON where it is typed.
 *
 * @param folder the one that the path begins at
 * @param error what a value is refused with that is none of these
 */
export function moduleSetting(value: unknown, folder: string, error: (message: string) => Error): ModuleReference {
  const {
    module,
    export: name = 'default',
    options = {},
  } = parseJson(referenceSchema, typeof value === 'string' ? writtenReference(value, error) : value, {
    where: 'module',
    error,
  });
  const url = moduleUrl(module, folder);
  if (module === '' || !url.startsWith('file:'))
    throw error(`module: expected the path of a file, got ${shown(module)}`);
  return { module: url, export: name, options };
}

/** Whether a setting is the path of a module, or its JSON, rather than a name. */
export function looksLikeModule(value: unknown): boolean {
  return isRecord(value) || (typeof value === 'string' && /[./#{]/.test(value));
}

function writtenReference(text: string, error: (message: string) => Error): unknown {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      throw error(`module: expected JSON, got ${shown(text)}`);
    }
  }
  const [, module, name] = /^(.*?)(?:#([^#]*))?$/s.exec(text) ?? [];
  return { module, ...(name && { export: name }) };
}

/** `hinge.mjs#hinge`, for people. */
export function moduleTitle({ module, export: name }: ModuleReference): string {
  return name === 'default' ? nameOf(module) : `${nameOf(module)}#${name}`;
}

function isUrl(name: string): boolean {
  // A drive of Windows is a single letter.
  return /^[a-z][a-z\d+.-]+:/i.test(name);
}

function fileOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function isFile(url: string): boolean {
  const file = fileOf(url);
  return file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function nameOf(url: string): string {
  return basename(pathOf(url));
}

/** A module's path from the working folder, to be typed and shown. */
function pathOf(url: string): string {
  const file = fileOf(url);
  return (file === undefined ? url : relative('', file) || file).replace(/\p{Control}/gu, '�');
}
