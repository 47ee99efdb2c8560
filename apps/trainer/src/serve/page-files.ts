/** The built page as resources: every file of its folder is listed once, and nothing else can be asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unusable } from '../command/failure';
import { type Resource, typeOf } from './resource';

export interface PageFiles {
  readonly resources: ReadonlyMap<string, Resource>;
  /** The headers that the page wants with everything: isolation, and its content security policy. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Lists the files of the page.
 *
 * @throws CommandError when the page is not there, as before it is built
 */
export function readPageFiles(folder: string): PageFiles {
  let headers: Readonly<Record<string, string>>;
  let names: readonly string[];
  try {
    headers = JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8'));
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, '/').length));
  } catch {
    throw unusable(
      `${folder}: expected the built page of the playground, got none; build it with npm run page, or install the package again`,
    );
  }
  const resources = names.map((name): [string, Resource] => {
    const path = name.replaceAll('\\', '/');
    // The names of what bundlers make change with the content.
    return [
      path,
      { type: typeOf(name), isImmutable: path.startsWith('assets/'), bytes: () => readFile(join(folder, name)) },
    ];
  });
  return { resources: new Map(resources), headers };
}
