/** What runs the command, for records and reports: Node, Bun or Deno, and the JavaScript engine in it. */

export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** The JavaScript engine; absent in records of Longhand 0.1.0. */
  readonly engine?: string;
}

/** @param versions Default: those of this process; Bun and Deno list those of the Node that they stand in for, too. */
export function currentRuntime(versions: Readonly<Record<string, string | undefined>> = process.versions): Runtime {
  const { bun, deno, node = '', v8 = '', webkit = '' } = versions;
  if (bun !== undefined) return { name: 'bun', version: bun, engine: `JavaScriptCore ${webkit.slice(0, 10)}`.trim() };
  const engine = `V8 ${v8}`;
  return deno === undefined ? { name: 'node', version: node, engine } : { name: 'deno', version: deno, engine };
}

/** @example runtimeText({ name: 'bun', version: '1.4.5', engine: 'JavaScriptCore' }) // Bun 1.4.5 (JavaScriptCore) */
export function runtimeText({ name, version, engine }: Runtime): string {
  const shown = { node: 'Node.js', bun: 'Bun', deno: 'Deno' }[name] ?? name;
  return `${shown} ${version}${engine === undefined ? '' : ` (${engine})`}`;
}
