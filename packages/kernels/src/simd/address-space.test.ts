/** Memories where the system, the engine or a page's policy refuses something: smaller ones, and one line each. */
import { OptionError } from '@longhand/tensor';
import { afterEach, expect, test, vi } from 'vitest';
import { type Arithmetic, simdKernels, UnsupportedKernelsError } from './simd-kernels';

afterEach(() => {
  vi.unstubAllGlobals();
});

const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: new (limits: Limits) => object } };
interface Limits {
  readonly initial: number;
  readonly maximum: number;
}

/** An engine that is as this one but for some members. */
function engineWith(members: object | undefined): void {
  vi.stubGlobal('WebAssembly', members && Object.assign(Object.create(WebAssembly), members));
}

/** Memories of at most so many pages; larger ones are refused, or made in a way that they cannot grow, as V8 does in the end. */
function memoriesUpTo(pages: number, beyond: 'refused' | 'cannot grow'): { readonly asked: number[] } {
  const asked: number[] = [];
  engineWith({
    Memory: function Memory(limits: Limits) {
      asked.push(limits.maximum);
      if (limits.maximum <= pages) return new WebAssembly.Memory(limits);
      if (beyond === 'refused') throw new RangeError('could not allocate memory');
      return new WebAssembly.Memory({ ...limits, maximum: limits.initial });
    },
  });
  return { asked };
}

test.each(['refused', 'cannot grow'] as const)('where a large memory is %s, a smaller one is tried', (beyond) => {
  const { asked } = memoriesUpTo(5000, beyond);
  const kernels = simdKernels('strict');
  expect(asked).toEqual([65536, 16384, 4096]);
  expect(kernels.allocate('float32', 2 ** 20).every((value) => value === 0)).toBe(true);
  // 4096 pages are 268,435,456 bytes.
  expect(() => kernels.allocate('float32', 2 ** 27)).toThrow(
    /^kernels: expected a memory of \d+ bytes to grow by 536870912, got a refusal of the system; raise the limit of the process \(ulimit -v\), or start Node with --disable-wasm-trap-handler, which reserves less$/,
  );
  // What was refused is not counted.
  expect(kernels.allocate('float32', 2 ** 20).every((value) => value === 0)).toBe(true);
});

test('where every memory is refused, the limit and the flag are named', () => {
  memoriesUpTo(0, 'refused');
  expect(() => simdKernels('strict')).toThrow(
    new OptionError(
      'kernels: expected address space for a memory of WebAssembly, got none; raise the limit of the process (ulimit -v), or start Node with --disable-wasm-trap-handler, which reserves less',
    ),
  );
});

test('an engine without WebAssembly is named', () => {
  engineWith(undefined);
  const sets: Arithmetic[] = ['strict', 'fused'];
  for (const set of sets) {
    expect(() => simdKernels(set)).toThrow(
      new UnsupportedKernelsError(
        `kernels ${set}: expected an engine with WebAssembly, got one without, as Node is with --jitless; leave that out, or use the reference kernels`,
      ),
    );
  }
});

test.each([
  "WebAssembly.Instance(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
  'call to WebAssembly.instantiate() blocked by CSP',
])('a content security policy that forbids WebAssembly is named: %s', (message) => {
  engineWith({
    Instance: function Instance() {
      throw new Error(message);
    },
  });
  expect(() => simdKernels('strict')).toThrow(
    new UnsupportedKernelsError(
      "kernels strict: expected to be allowed to compile WebAssembly, got a content security policy that forbids it; add 'wasm-unsafe-eval' to its script-src, or use the reference kernels",
    ),
  );
});

test('a set works on a memory that another one has left', () => {
  const first = simdKernels('strict');
  first.allocate('float32', 1000).fill(1);
  first.reset();
  const { memory } = first.shared;
  const second = simdKernels({ arithmetic: 'strict', memory });
  expect(second.shared.memory).toBe(memory);
  expect(second.allocate('float32', 1000).every((value) => value === 0)).toBe(true);
});
