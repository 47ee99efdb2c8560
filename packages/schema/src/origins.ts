/**
 * Where an object with methods came from, so that another thread or a file can make it again.
 *
 * What a factory of Longhand made ({@link builtIn}) is made again from its description. What {@link fromModule} made is made
 * again by importing the module. Anything else, a copy or a wrapper of a built-in object too, can only be used where it is:
 * nothing may take its place.
 */
import { isRecord } from './schemas';
import { kindOf, shown } from './shown';

/** An object as plain data: the module that makes it, the name of the export to call, and what to call it with. */
export interface ModuleReference {
  /** A URL. */
  readonly module: string;
  /** The name of the export that makes the object. */
  readonly export: string;
  /** Plain JSON data. */
  readonly options: unknown;
}

/** The exports of an imported module. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** Imported modules by their URLs. */
export type Modules = Readonly<Record<string, ModuleExports>>;

/** A module that is no module, or does not make what it should. The message is one line and names the module. */
export class ModuleError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'ModuleError';
}

const builtIns = /* @__PURE__ */ new WeakSet<object>();
const references = /* @__PURE__ */ new WeakMap<object, ModuleReference>();

/**
 * Marks what a factory made, and freezes it: its description stands for it from now on.
 *
 * @param parts the objects that it is made of. With a part that nothing could make again, it is not marked either.
 * @example isBuiltIn(builtIn({ description: { kind: 'relu' } })); // true
 */
/* @__NO_SIDE_EFFECTS__ */
export function builtIn<Made extends object>(made: Made, parts: readonly object[] = []): Made {
  if (parts.every((part) => isBuiltIn(part) || moduleOf(part) !== undefined)) builtIns.add(made);
  return Object.freeze(made);
}

/**
 * Whether a factory of Longhand made the object. A copy of such an object is another one.
 *
 * @example isBuiltIn({ description: { kind: 'relu' } }); // false (made by hand)
 */
export function isBuiltIn(object: object): boolean {
  return builtIns.has(object);
}

/**
 * The module that made the object; undefined if it was not made by {@link fromModule}.
 *
 * @example moduleOf({ description: { kind: 'my-layer' } }); // undefined
 */
export function moduleOf(object: object): ModuleReference | undefined {
  return references.get(object);
}

/**
 * An object as plain data from which it can be made again; undefined for one of the user's own that is of no module.
 *
 * @example described(builtIn({ description: { kind: 'relu' } })); // { kind: 'relu' }
 */
export function described<Described>(object: {
  readonly description: Described;
}): Described | ModuleReference | undefined {
  return isBuiltIn(object) ? object.description : moduleOf(object);
}

/** What {@link fromModule} takes. */
export interface ModuleOptions {
  /** The module's URL: `new URL('./my-layer.mjs', import.meta.url)`, or `import.meta.resolve('my-package')`. */
  readonly module: string | URL;
  /** The name of the export: a function that makes the object. Default: `default`. */
  readonly export?: string;
  /** What the export is called with: plain JSON data. Default: `{}`. */
  readonly options?: unknown;
}

/**
 * An object that a module makes: a layer, loss, optimizer, schedule, augmentation or metric of your own. The module is imported, and
 * its export called with the options. Worker threads do the same to have an object like it, so the export has to make equal objects
 * of equal options.
 *
 * @returns the very object that the export returned
 * @throws ModuleError when the module cannot be imported or has no such export, or the options are no JSON data
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { pathToFileURL } from 'node:url';
 * writeFileSync('scale.mjs', 'export const scale = ({ factor }) => ({ description: { kind: "scale", factor } });');
 * const layer = await fromModule({ module: pathToFileURL('scale.mjs').href, export: 'scale', options: { factor: 2 } });
 * layer; // { description: { kind: 'scale', factor: 2 } }
 */
export async function fromModule<Made extends object>(options: ModuleOptions): Promise<Made> {
  const reference = moduleReference(options);
  return madeFrom<Made>(reference, await importModules([reference.module]));
}

/**
 * Whether a description names a module rather than a kind.
 *
 * @example isModuleReference({ module: 'file:///project/scale.mjs' }); // true
 */
export function isModuleReference(description: unknown): description is { readonly module: string } {
  return isRecord(description) && typeof description.module === 'string';
}

/**
 * The modules that a description names, anywhere in it, each once: to be imported before the objects are made.
 *
 * @example modulesIn({ layers: [{ module: 'file:///a.mjs' }, { kind: 'relu' }] }); // [ 'file:///a.mjs' ]
 */
export function modulesIn(description: unknown): readonly string[] {
  const found = new Set<string>();
  // No recursion: a file from anywhere may be nested deeper than the stack.
  const rest: unknown[] = [description];
  while (rest.length > 0) {
    const part = rest.pop();
    if (isModuleReference(part)) found.add(part.module);
    else if (typeof part === 'object' && part !== null)
      for (const value of Object.values(part).reverse()) rest.push(value);
  }
  return [...found];
}

/**
 * A description whose modules are called by other names, anywhere in it: files name modules relative to their own place.
 *
 * @example withModuleNames({ module: 'file:///project/scale.mjs', export: 'scale' }, (url) => url.replace('file:///project/', './')); // { module: './scale.mjs', export: 'scale' }
 */
export function withModuleNames<Described>(description: Described, nameOf: (module: string) => string): Described {
  const renamed = (part: unknown): unknown => {
    if (isModuleReference(part)) return { ...part, module: nameOf(part.module) };
    if (Array.isArray(part)) return part.map(renamed);
    return isRecord(part)
      ? Object.fromEntries(Object.entries(part).map(([key, value]) => [key, renamed(value)]))
      : part;
  };
  return renamed(description) as Described;
}

/**
 * Imports modules: this runs their code.
 *
 * @throws ModuleError when one cannot be imported
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { pathToFileURL } from 'node:url';
 * writeFileSync('answer.mjs', 'export const answer = () => ({ value: 42 });');
 * const url = pathToFileURL('answer.mjs').href;
 * Object.keys((await importModules([url]))[url] ?? {}); // [ 'answer' ]
 */
export async function importModules(urls: readonly string[]): Promise<Modules> {
  const imported = urls.map(async (url) => {
    try {
      return [url, (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as ModuleExports] as const;
    } catch (error) {
      throw new ModuleError(importFault(url, error));
    }
  });
  return Object.fromEntries(await Promise.all(imported));
}

/** In one line, why a module could not be imported. */
export function importFault(url: string, error: unknown): string {
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
  // A loader such as tsx may be there in the caller's thread, and yet not in workers.
  const isTypeScript = isRecord(error) && error.code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(url);
  return isTypeScript
    ? `module ${url}: expected JavaScript, which workers import without a loader such as tsx, got TypeScript; compile it first and give the .js file, or run it with Node 22.18 or newer, which takes TypeScript as it is`
    : `module ${url}: expected a module that can be imported, got the error: ${reason}`;
}

/**
 * The object that a reference stands for.
 *
 * @param given a reference, in which `export` and `options` may be left out
 * @param modules the imported modules
 * @throws ModuleError when the module is not among them, or has no such export, or that makes no object
 * @example madeFrom({ module: 'file:///a.mjs', export: 'answer' }, {}); // throws: module file:///a.mjs: …
 */
export function madeFrom<Made extends object>(given: ModuleOptions, modules: Modules): Made {
  const reference = moduleReference(given);
  const { module, export: name, options } = reference;
  if (!Object.hasOwn(modules, module)) {
    throw new ModuleError(
      `module ${module}: expected to be told that its code may run, got no such permission; if you trust it, give it among the modules`,
    );
  }
  const exports = modules[module];
  const make = Object.hasOwn(exports, name) ? exports[name] : undefined;
  if (typeof make !== 'function') {
    const functions = Object.keys(exports).filter((key) => typeof exports[key] === 'function');
    throw new ModuleError(
      `module ${module}: expected a function as export '${name}', got ${make === undefined ? 'none' : shown(make)}; its functions: ${functions.toSorted().join(', ') || 'none'}`,
    );
  }
  const made: unknown = make(options);
  if (!isRecord(made) && typeof made !== 'function') {
    throw new ModuleError(`module ${module}: expected an object from ${name}(), got ${shown(made)}`);
  }
  references.set(made, reference);
  return made as Made;
}

/** @throws ModuleError when the module is no URL, or the options are no JSON data */
function moduleReference({ module, export: name = 'default', options = {} }: ModuleOptions): ModuleReference {
  const written = String(module);
  // A relative path would be one thing to this file and another to a worker. A drive of Windows is a single letter.
  if (!/^[a-z][a-z\d+.-]+:/i.test(written)) {
    throw new ModuleError(
      `module ${written}: expected a URL, got a path or a package; give new URL('${written}', import.meta.url), or import.meta.resolve('${written}')`,
    );
  }
  const url = new URL(written).href;
  const fault = nonJson(options, 'options');
  if (fault !== undefined) {
    throw new ModuleError(
      `module ${url}: expected JSON data as ${fault.path}, which workers and files can be given, got ${fault.got}`,
    );
  }
  // A copy, as workers get one.
  return { module: url, export: name, options: JSON.parse(JSON.stringify(options)) };
}

/** What in a value would be lost as JSON. */
function nonJson(value: unknown, path: string): { readonly path: string; readonly got: string } | undefined {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value) || Number.isFinite(value)) return;
  const plain =
    Array.isArray(value) || (isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value)));
  if (!plain) return { path, got: typeof value === 'number' ? String(value) : kindOf(value) };
  for (const [key, entry] of Object.entries(value as object)) {
    const fault = nonJson(entry, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (fault !== undefined) return fault;
  }
  return;
}
