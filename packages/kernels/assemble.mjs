/**
 * Compiles the vector kernels (the files that end in `.assembly.ts`) to WebAssembly and writes both builds into
 * `src/assembly/module.generated.ts`, so that an importer of the package needs no loader. With them go the types of their
 * functions, and the layouts of the records that these take as arguments: the classes marked `@unmanaged` alone in the sources; those that hold
 * functions are `@final` too.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const source = join(import.meta.dirname, 'src');
const target = join(source, 'assembly/module.generated.ts');

const options = [
  'src/assembly/index.assembly.ts',
  ...['--baseDir', import.meta.dirname],
  ...['-O3', '--noAssert', '--runtime', 'stub'],
  ...['--enable', 'simd', '--enable', 'threads'],
  // The memory is the caller's, shared by all threads; the first bytes are left for its own accounts.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '1024'],
];
const builds = { strict: options, fused: [...options, '--enable', 'relaxed-simd'] };

/** How many bytes of one build lie before those of the other. */
const pieceLength = 8192;

/** Types of four bytes. A field of any other type holds the address of a record. */
const words = ['usize', 'isize', 'f32'];

const key = `// ${fingerprint()}`;
if (!existsSync(target) || !readFileSync(target, 'utf8').startsWith(key)) {
  const strict = await assemble(builds.strict);
  const fused = await assemble(builds.fused);
  const sources = assemblyFiles().map((file) => readFileSync(file, 'utf8'));
  const records = sources.flatMap(recordsOf);
  const functions = functionsOf(sources, records);
  const taking = functions.filter(({ record }) => record !== undefined);
  writeFileSync(
    target,
    [
      key,
      '/** Made by assemble.mjs from the files that end in .assembly.ts; not kept in the repository. */',
      ...records.map(interfaceOfRecord),
      ...interfacesOfFunctions(functions, taking),
      ...layoutsOf(records, taking),
      '/**',
      ' * Both builds, deflated, in base64: `strict`, which multiplies, then adds, with the same bits on every engine, and',
      ' * `fused`, whose multiply-adds round once, by the instructions of relaxed SIMD. They lie in alternating pieces.',
      ' */',
      `export const deflatedBuilds = '${deflateRawSync(alternating(strict, fused), { level: 9 }).toString('base64')}';`,
      `export const buildLengths = { strict: ${strict.length}, fused: ${fused.length} };`,
      `export const pieceLength = ${pieceLength};`,
      '',
    ].join('\n'),
  );
}

async function assemble(buildOptions) {
  const { default: asc } = await import('assemblyscript/asc');
  const files = new Map();
  const { error, stderr } = await asc.main([...buildOptions, '--outFile', 'module.wasm'], {
    writeFile: (name, contents) => files.set(name, contents),
  });
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
  return Buffer.from(files.get('module.wasm'));
}

/**
 * A page carries both builds in its code. They are nearly the same, so pieces of one lie next to those of the other, within the
 * 32 KiB that deflate looks back: together they take little more than one.
 */
function alternating(strict, fused) {
  const pieces = [];
  for (let at = 0; at < Math.max(strict.length, fused.length); at += pieceLength) {
    pieces.push(strict.subarray(at, at + pieceLength), fused.subarray(at, at + pieceLength));
  }
  return Buffer.concat(pieces);
}

/**
 * The records of a source: classes of four-byte fields, which lie in memory in the order of their declaration, those of the
 * extended class first. A line of a class is a field or a comment of one line.
 */
function recordsOf(text) {
  return [...text.matchAll(/@unmanaged\nexport class (\w+)(?: extends (\w+))? \{\n(.*?)\n\}/gs)].map(
    ([, name, base, body]) => {
      const fields = [];
      let comment;
      for (const line of body.split('\n').map((one) => one.trim())) {
        const field = /^(\w+): (\w+);$/.exec(line);
        if (field !== null) fields.push({ name: field[1], type: field[2], comment });
        else if (!line.startsWith('/** '))
          throw new Error(`${name}: expected a field or a comment of one line, got: ${line}`);
        comment = field === null ? line : undefined;
      }
      return { name, base, fields };
    },
  );
}

function interfaceOfRecord({ name, base, fields }) {
  return [
    `export interface ${name}${base === undefined ? '' : ` extends ${base}`} {`,
    ...fields.flatMap(({ name: field, type, comment }) => [
      ...(comment === undefined ? [] : [`  ${comment}`]),
      `  readonly ${field}: ${words.includes(type) ? 'number' : type};`,
    ]),
    '}',
  ].join('\n');
}

/** The layouts of records, by the name of the function that takes one, or of the record where others extend or hold it. */
function layoutsOf(records, taking) {
  const names = new Set(records.map(({ name }) => name));
  const functionOf = new Map(taking.map(({ name, record }) => [record, name]));
  const used = new Set(records.flatMap(({ base, fields }) => [base, ...fields.map(({ type }) => type)]));
  const layouts = records
    .filter(({ name }) => functionOf.has(name) || used.has(name))
    .map(({ name, base, fields }) => {
      const entries = fields.map(({ name: field, type }) => {
        if (type === 'usize' || type === 'isize') return field;
        if (!words.includes(type) && !names.has(type)) {
          throw new Error(`${name}.${field}: expected ${words.join(', ')} or a record, got ${type}`);
        }
        return `${field}:${type}`;
      });
      if (base !== undefined) entries.unshift(`+${base}`);
      return `  ${functionOf.get(name) ?? name}: '${entries.join(' ')}',`;
    });
  return [
    '/**',
    ' * The fields of each record in memory order, four bytes each. `+Record` stands for the fields of a record that is extended,',
    ' * `field:f32` is a float, `field:Record` the address of a record.',
    ' */',
    'export const recordLayouts = {',
    ...layouts,
    '};',
  ];
}

/** The functions that the module exports, with the record of those whose only argument is one. */
function functionsOf(sources, records) {
  const index = readFileSync(join(source, 'assembly/index.assembly.ts'), 'utf8');
  const exported = new Set([...index.matchAll(/export \{([^}]*)\}/g)].flatMap(([, names]) => names.match(/\w+/g)));
  const names = new Set(records.map(({ name }) => name));
  return sources
    .flatMap((text) => [...text.matchAll(/^export function (\w+)\(([^)]*)\): (\w+)/gm)])
    .filter(([, name]) => exported.has(name))
    .map(([, name, list, result]) => {
      const parameters = [...list.matchAll(/(\w+): (\w+)/g)];
      return { name, parameters, result, record: names.has(parameters[0][2]) ? parameters[0][2] : undefined };
    });
}

function interfacesOfFunctions(functions, taking) {
  return [
    '/** What a module exports; the files named after each operation describe it. Records are given by their address. */',
    'export interface AssemblyFunctions {',
    ...functions.map(({ name, parameters, result }) => {
      const list = parameters.map(([, parameter]) => `${parameter}: number`).join(', ');
      return `  readonly ${name}: (${list}) => ${result === 'void' ? 'void' : 'number'};`;
    }),
    '}',
    '/** The functions whose only argument is a record. */',
    'export interface FunctionRecords {',
    ...taking.map(({ name, record }) => `  readonly ${name}: ${record};`),
    '}',
  ];
}

function assemblyFiles() {
  return readdirSync(source, { recursive: true })
    .filter((file) => file.endsWith('.assembly.ts'))
    .sort()
    .map((file) => join(source, file));
}

function fingerprint() {
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/package.json');
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(compiler));
  for (const file of assemblyFiles()) hash.update(readFileSync(file));
  return hash.digest('hex');
}
