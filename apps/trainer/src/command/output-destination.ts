/**
 * Where the name of an output leads. A file is replaced as a whole, behind any symbolic links; a device or a pipe is written to, and
 * so is what this process has open, such as `/dev/stdout`: none of them is ever replaced by a file.
 */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** What is behind a name. */
export type Destination =
  /** A file, or nothing yet. */
  | { readonly kind: 'file'; readonly path: string }
  /** A device, a pipe or a socket. */
  | { readonly kind: 'stream'; readonly path: string }
  /** A file that this process has open, by its number: 1 is standard output. */
  | { readonly kind: 'open'; readonly descriptor: number };

/** As many as Linux follows. */
const mostLinks = 40;

/**
 * Follows symbolic links to what they name, whether that exists or not.
 *
 * @throws the system's error, or one that says that links lead in a circle
 */
export function destinationOf(name: string): Destination {
  let path = name;
  for (let links = 0; links <= mostLinks; links++) {
    const descriptor = openNumber(path);
    if (descriptor !== undefined) return { kind: 'open', descriptor };
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined || there.isFile() || there.isDirectory()) return { kind: 'file', path };
    if (there.isBlockDevice()) throw new Error('it is a disk');
    if (!there.isSymbolicLink()) return { kind: 'stream', path };
    const link = readlinkSync(path);
    // A link is relative to the folder that it is really in.
    path = isAbsolute(link) ? link : join(realpathSync(dirname(path)), link);
  }
  throw new Error('its symbolic links lead in a circle');
}

/** The number of an open file that has such a name. */
function openNumber(path: string): number | undefined {
  const standard = ['stdin', 'stdout', 'stderr'].indexOf(basename(path));
  if (dirname(path) === '/dev' && standard >= 0) return standard;
  const number = /^\/(?:dev|proc\/self|proc\/\d+)\/fd\/(\d+)$/.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The stream for what a command says of an output that it has written: standard error where the output is standard output. */
export function reportStream(outputs: readonly string[]): NodeJS.WriteStream {
  const isTaken = outputs.some((name) => {
    const destination = destinationOf(name);
    return destination.kind === 'open' && destination.descriptor === process.stdout.fd;
  });
  return isTaken ? process.stderr : process.stdout;
}
