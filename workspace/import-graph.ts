/**
 * Who imports whom, file by file: values and types, `import` and `export … from`, at the start and on demand.
 * Biome's `noImportCycles` leaves type-only imports out; a reader has to follow those as well.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Edges from each file or package to those it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The specifiers that a source imports, type-only imports and `import('…')` included. */
export function importedSpecifiers(source: string): string[] {
  return ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName);
}

/**
 * Reads the imports of files.
 *
 * @param files Absolute paths.
 * @param resolvePackage The source file behind a specifier that is not relative; undefined if it is foreign.
 */
export function importGraph(
  files: readonly string[],
  resolvePackage: (specifier: string) => string | undefined,
): ImportGraph {
  const resolve = (file: string, specifier: string): string | undefined =>
    specifier.startsWith('.') ? sourceFile(join(dirname(file), specifier)) : resolvePackage(specifier);
  return new Map(
    files.map((file) => [
      file,
      importedSpecifiers(readFileSync(file, 'utf8')).flatMap((specifier) => resolve(file, specifier) ?? []),
    ]),
  );
}

/**
 * One shortest cycle for each group of nodes that reach one another (each strongly connected component), in the order
 * of their first names. A cycle starts at its alphabetically first node, and does not repeat it at the end.
 */
export function importCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const node of [...graph.keys()].sort()) {
    if (done.has(node)) continue;
    const cycle = shortestCycle(graph, node);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    const forward = reachable(graph, node);
    for (const other of forward) if (reachable(graph, other).has(node)) done.add(other);
  }
  return cycles;
}

/** The nodes that a path of one or more edges leads to. */
function reachable(graph: ImportGraph, from: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const next of graph.get(node) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return seen;
}

/** Breadth first, so that the first way back is a shortest one. */
function shortestCycle(graph: ImportGraph, start: string): string[] | undefined {
  const paths = [[start]];
  const seen = new Set<string>();
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

/** The file that an import without an extension means. */
function sourceFile(path: string): string | undefined {
  return [path, `${path}.ts`, `${path}.tsx`, join(path, 'index.ts')].find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
}
