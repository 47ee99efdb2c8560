/** Options that several commands have. */
import { Option } from 'commander';
import { namesInList, pathName, wholeNumber } from './option-parsers';

export function networkOption(): Option {
  return new Option('--network <name>', 'which network')
    .choices(['lenet-documented', 'lenet5', 'wide'])
    .default('lenet-documented');
}

export function modelOption(): Option {
  return new Option('--model <file>', 'a network of your own, layer by layer as JSON, in place of --network')
    .argParser(pathName)
    .conflicts(['network', 'activation', 'pooling']);
}

/** More start for minutes and fill the memory, and no machine has them. */
const mostThreads = 256;

export function threadsOption(): Option {
  return new Option(
    '--threads <count>',
    'how many threads compute, which changes no result (default: all cores)',
  ).argParser(wholeNumber(1, mostThreads));
}

export function kernelsOption(): Option {
  return new Option(
    '--kernels <name>',
    'the arithmetic: plain loops, vectors, or vectors that round once where they can',
  )
    .choices(['reference', 'strict', 'fused'])
    .default('strict');
}

export function dataDirOption(): Option {
  return new Option(
    '--data-dir <folder>',
    'a folder of IDX files with MNIST’s names (default: MNIST, which came with the install)',
  ).argParser(pathName);
}

export function classesOption(): Option {
  return new Option(
    '--classes <names>',
    'what the labels 0, 1, … are called, with commas between (default: classes.txt in the data folder, or the labels)',
  ).argParser(namesInList);
}
