/** What options tell of weights that another program saved, where the file does not. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { namesInList, pathName } from './option-parsers';

/** Adds the options with which `readModel` reads files of other programs, under a heading of their own. */
export function addForeignFileOptions(command: Command): Command {
  const options = [
    new Option(
      '--network <name>',
      'the network that the weights belong to (default: the one that their shapes fit)',
    ).choices(['lenet-documented', 'lenet5', 'wide']),
    new Option('--model <file>', 'the network that they belong to, layer by layer as JSON')
      .argParser(pathName)
      .conflicts(['network', 'activation', 'pooling']),
    new Option('--activation <name>', 'its activation (default: relu)').choices([
      'relu',
      'sigmoid',
      'tanh',
      'silu',
      'identity',
    ]),
    new Option('--pooling <name>', 'its pooling (default: max)').choices(['max', 'mean']),
    new Option(
      '--normalise-by <mean,deviation>',
      'what it had pixels from 0 to 1 normalised by (default: MNIST’s 0.1307,0.3081)',
    ).argParser(meanAndDeviation),
    new Option('--class-names <names>', 'what it tells apart, with commas between (default: 0, 1, …)').argParser(
      namesInList,
    ),
  ];
  for (const option of options)
    command.addOption(option.helpGroup('For safetensors and ONNX files of other programs:'));
  return command;
}

function meanAndDeviation(text: string): { mean: number; deviation: number } {
  const parts = text.split(',');
  const [mean, deviation] = parts.map(Number);
  const areNumbers = parts.length === 2 && parts.every((part) => part.trim() !== '') && Number.isFinite(mean);
  if (!areNumbers || !(deviation > 0 && Number.isFinite(deviation))) {
    throw new InvalidArgumentError('Expected a mean and a deviation above 0, such as 0.1307,0.3081.');
  }
  return { mean, deviation };
}
