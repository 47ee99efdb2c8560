/**
 * Compiles the vector kernels (the files that end in `.assembly.ts`) to WebAssembly and writes both builds, with the types of their
 * functions, into `src/assembly/module.generated.ts`: whoever imports the package needs no loader.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const source = join(import.meta.dirname, 'src');
const target = join(source, 'assembly/module.generated.ts');

const options = [
  'src/assembly/index.assembly.ts',
  ...['--baseDir', import.meta.dirname],
  ...['-O3', '--noAssert', '--runtime', 'stub', '--bindings', 'raw'],
  ...['--enable', 'simd', '--enable', 'threads'],
  // The memory is the caller's, shared by all threads; the first bytes are left for its own accounts.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '1024'],
];
const builds = { strict: options, fused: [...options, '--enable', 'relaxed-simd'] };

const key = `// ${fingerprint()}`;
if (!existsSync(target) || !readFileSync(target, 'utf8').startsWith(key)) {
  const strict = await assemble(builds.strict);
  const fused = await assemble(builds.fused);
  writeFileSync(
    target,
    [
      key,
      '/** Made by assemble.mjs from the files that end in .assembly.ts; not kept in the repository. */',
      interfaceOf(strict.types),
      '/** Multiply, then add: the same bits on every engine. In base64. */',
      `export const strictModule = '${strict.binary}';`,
      '/** Multiply-adds that round once, by the instructions of relaxed SIMD. In base64. */',
      `export const fusedModule = '${fused.binary}';`,
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
  return { binary: Buffer.from(files.get('module.wasm')).toString('base64'), types: files.get('module.d.ts') };
}

/** The functions of the compiler's declarations as an interface. */
function interfaceOf(declarations) {
  const functions = [...String(declarations).matchAll(/export function (\w+)(\([^)]*\)): (\w+);/g)];
  const lines = functions.map(([, name, parameters, result]) => `  ${name}${parameters}: ${result};`);
  return [
    '/** What a module offers; the files named after each operation describe it. */',
    'export interface AssemblyFunctions {',
    ...lines,
    '}',
  ].join('\n');
}

function fingerprint() {
  const compiler = createRequire(import.meta.url).resolve('assemblyscript/package.json');
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(compiler));
  for (const file of readdirSync(source, { recursive: true }).sort()) {
    if (file.endsWith('.assembly.ts')) hash.update(readFileSync(join(source, file)));
  }
  return hash.digest('hex');
}
