/** Files that torch.save wrote: their numbers, and what is refused because it names more than tensors. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error';
import { isPytorchFile, readPytorch } from './pytorch-file';

const folder = new URL('../../fixtures/pytorch/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const { files } = JSON.parse(readFileSync(new URL('figures.json', folder), 'utf8')) as {
  files: Record<string, Record<string, { shape: number[]; data: number[] }>>;
};

test.each(Object.entries(files))('%s has the tensors that PyTorch saved', (name, figures) => {
  expect(isPytorchFile(bytesOf(name))).toBe(true);
  const { tensors } = readPytorch(bytesOf(name), name);
  expect([...tensors.keys()]).toEqual(Object.keys(figures));
  for (const [key, { shape, data }] of Object.entries(figures)) {
    expect(tensors.get(key)?.shape, key).toEqual(shape);
    expect([...(tensors.get(key)?.data ?? [])], key).toEqual(data);
  }
});

test('what is no weight is left out by name', () => {
  const skipped = (name: string) => readPytorch(bytesOf(name), name).skipped;
  expect(skipped('state-dict.pt')).toEqual(['bn.num_batches_tracked']);
  expect(skipped('views.pt')).toEqual(['step', 'flag', 'empty']);
  expect(skipped('checkpoint.pt')).toEqual([
    ...['epoch', 'best', 'name', 'done', 'none', 'steps', 'optimizer'],
    'module.bn.num_batches_tracked',
  ]);
});

test('of two sets of weights the likelier is read, or the one that is named', () => {
  const read = (entry?: string) => readPytorch(bytesOf('average.pt'), 'average.pt', { entry });
  const [first, average] = [read(), read('model_ema')];
  expect([first.skipped, first.otherWeights]).toEqual([['epoch', 'bn.num_batches_tracked'], ['model_ema']]);
  expect(average.otherWeights).toEqual(['model']);
  const valuesOf = ({ tensors }: typeof first): number[] => [...(tensors.get('conv.weight')?.data ?? [])];
  expect(valuesOf(average)).toEqual(valuesOf(first).map((value) => value / 2));
  expect(readPytorch(bytesOf('two.pt'), 'two.pt', { entry: 'generator' }).tensors.size).toBe(8);
  expect(() => read('ema')).toThrow(
    'average.pt: expected weights as the entry "ema", got "model", "model_ema"; name one of these',
  );
  expect(() => readPytorch(bytesOf('state-dict.pt'), 'weights.pt', { entry: 'ema' })).toThrow(
    'weights.pt: expected a checkpoint with the entry "ema", got a state dict alone; name no entry',
  );
});

test('what NumPy has in a checkpoint is left out by name, and nothing of it is made', () => {
  for (const name of ['numpy.pt', 'numpy-protocol-4.pt']) {
    const { tensors, skipped } = readPytorch(bytesOf(name), name);
    expect(skipped).toEqual(['accuracy', 'step', 'confusion', 'rng', 'bn.num_batches_tracked']);
    expect(tensors).toEqual(readPytorch(bytesOf('state-dict.pt'), 'state-dict.pt').tensors);
  }
});

test('a file wherever its bytes lie', () => {
  const bytes = bytesOf('views-old.pt');
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  expect(readPytorch(moved.subarray(3), 'file')).toEqual(readPytorch(bytes, 'file'));
});

const advice = "save the weights alone in Python, torch.save(model.state_dict(), 'weights.pt')";
const only = 'only code can make of that what it is';

describe('refuses', () => {
  test.each([
    [
      'module.pt',
      `expected tensors, got a file that names torch.nn.modules.container.Sequential, a whole module: ${only}; ${advice}`,
    ],
    ['counter.pt', `expected tensors, got a file that names collections.Counter: ${only}; ${advice}`],
    [
      'script.pt',
      "expected a state dict of PyTorch, got a TorchScript archive, which is a program; save its weights in Python, torch.save(torch.jit.load('script.pt').state_dict(), 'weights.pt')",
    ],
    [
      'program.pt2',
      "expected a state dict of PyTorch, got a program of torch.export; save its weights in Python, torch.save(torch.export.load('program.pt2').state_dict, 'weights.pt')",
    ],
    ['tensor.pt', "expected a state dict, got a single tensor; save torch.save(model.state_dict(), 'weights.pt')"],
    [
      'two.pt',
      'expected a state dict, or a checkpoint with one, got several: "generator", "discriminator"; name the entry, or save torch.save(model.state_dict(), \'weights.pt\')',
    ],
    ['expanded.pt', 'tensor "w": expected at most a number for each byte of the file, got more'],
    [
      'quantized.pt',
      'tensor "fc.weight": expected floats, got integers or none; save the network before it is quantized',
    ],
  ])('%s', (name, message) => {
    expect(() => readPytorch(bytesOf(name), name)).toThrow(new FormatError(`${name}: ${message}`));
  });

  /** A pickle of protocol 2 as old files begin, then what a test wants. */
  const pickle = (...parts: (string | number[])[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)));
  /** A name by module and attribute, and a call of it. */
  const called = (module: string, attribute: string): string => `c${module}\n${attribute}\n)R.`;
  const begin = [...bytesOf('state-dict-old.pt').subarray(0, 137)];

  test.each([
    ['a function by its name', called('builtins', 'print'), 'expected tensors, got a file that names builtins.print: '],
    ['one of the system', called('posix', 'getcwd'), 'expected tensors, got a file that names posix.getcwd: '],
    [
      'a name that tensors have as a part',
      called('torch._utils', '_rebuild_tensor_v2.x'),
      'expected tensors, got a file that names torch._utils._rebuild_tensor_v2.x: ',
    ],
    [
      'a name of the prototype',
      called('constructor', 'constructor'),
      'expected tensors, got a file that names constructor.constructor: ',
    ],
    [
      'another function of NumPy',
      called('numpy', 'fromfile'),
      'expected tensors, got a file that names numpy.fromfile: ',
    ],
    [
      'a storage that is called',
      called('torch', 'FloatStorage'),
      'expected a function of tensors, got a call of torch.FloatStorage; save the file again',
    ],
    [
      'an instance',
      '(i__main__\nNet\n.',
      'expected a pickle of tensors, got the opcode 0x69 at byte 141; is this a file of torch.save?',
    ],
    [
      'a new object',
      ')\x81.',
      'expected a pickle of tensors, got the opcode 0x81 at byte 141; is this a file of torch.save?',
    ],
    [
      'an extension',
      '\x82\x01.',
      'expected a pickle of tensors, got the opcode 0x82 at byte 140; is this a file of torch.save?',
    ],
    [
      'an empty stack',
      '.',
      'expected a pickle of tensors, got an empty stack at byte 140; is this a file of torch.save?',
    ],
    ['a pickle without end', '}(', 'expected a whole pickle, got one that is cut short; fetch the file again'],
    [
      'a reference to nothing',
      'h\x07.',
      'expected a pickle of tensors, got the unknown reference 7 at byte 141; is this a file of torch.save?',
    ],
  ])('%s', (_, opcodes, message) => {
    const bytes = Uint8Array.from([...begin, ...pickle([0x80, 2], opcodes)]);
    expect(() => readPytorch(bytes, 'file')).toThrow(`file: ${message}`);
  });

  test('another pickle', () => {
    expect(() => readPytorch(pickle([0x80, 2], 'K\x01.'), 'file')).toThrow(
      /^file: expected a file of torch\.save, got another pickle, which may run code when loaded; save the weights in Python with /,
    );
  });

  test('something of NumPy in place of a state dict', () => {
    const bytes = Uint8Array.from([...begin, ...pickle([0x80, 2], called('numpy', 'ndarray'), [0x80, 2], '].')]);
    expect(() => readPytorch(bytes, 'file')).toThrow(/^file: expected a state dict, got something else; save /);
  });

  test('a dictionary that contains itself', () => {
    const bytes = Uint8Array.from([
      ...begin,
      ...pickle([0x80, 2], '}q\x00X', [1, 0, 0, 0], 'ah\x00s.', [0x80, 2], '].'),
    ]);
    expect(() => readPytorch(bytes, 'file')).toThrow(
      /^file: expected a state dict, or a checkpoint with one, got "a" without tensors/,
    );
  });

  test.each(['state-dict.pt', 'state-dict-old.pt', 'views.pt'])('%s cut short anywhere', (name) => {
    const bytes = bytesOf(name);
    for (let end = 0; end < bytes.length; end += 7) {
      expect(() => readPytorch(bytes.subarray(0, end), 'file'), `${end}`).toThrow(FormatError);
    }
  });
});

test('damaged files give a FormatError on one line, or tensors that hold together', () => {
  const whole = readdirSync(folder)
    .filter((name) => /\.pt2?$/.test(name))
    .map(bytesOf);
  const numRuns = Number(process.env.LONGHAND_FUZZ_RUNS ?? 4000);
  const position = fc.nat({ max: 9999 }).map((part) => part / 10_000);
  const change = fc.tuple(position, fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(255, 127, 0)), fc.nat({ max: 8 }));
  const counts = { read: 0, refused: 0 };
  const before = process.memoryUsage().arrayBuffers;
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.array(change, { minLength: 1, maxLength: 3 }), (original, changes) => {
      const bytes = original.slice();
      for (const [where, value, times] of changes) {
        const from = Math.floor(where * bytes.length);
        bytes.fill(value, from, from + 1 + (times > 4 ? times : 0));
      }
      try {
        for (const { shape, data } of readPytorch(bytes, 'damaged').tensors.values()) {
          expect(data).toHaveLength(shape.reduce((product, extent) => product * extent, 1));
        }
        counts.read++;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        counts.refused++;
        expect(error.message).toMatch(/^damaged: [^\n]{1,600}$/);
      }
    }),
    { seed: 1, numRuns },
  );
  expect(counts.read).toBeGreaterThan(numRuns / 10);
  expect(counts.refused).toBeGreaterThan(numRuns / 4);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
});
