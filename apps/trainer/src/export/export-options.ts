/** The options of `longhand export`. What it does is loaded when it is run. */
import { type Command, Option } from 'commander';
import { addForeignFileOptions } from '../command/model-input-options';
import { pathName, wholeNumber } from '../command/option-parsers';

export function declareExport(program: Command): void {
  const command = program
    .command('export')
    .description('write a model for other programs, or as a page that reads drawings')
    .argument('<model>', 'a model file that train saved, or one of another program', pathName)
    .addOption(
      new Option('--format <name>', 'what to write (default: what the ending of --output says)').choices([
        'safetensors',
        'onnx',
        'html',
        'json',
      ]),
    )
    .option('--output <file>', 'where to write it (default: beside the model)')
    .option('--softmax', 'ONNX: give probabilities in place of logits')
    .addOption(
      new Option(
        '--normalisation <where>',
        'ONNX: whether the network normalises pixels itself (default: outside)',
      ).choices(['inside', 'outside']),
    )
    .addOption(
      new Option('--opset <version>', 'ONNX: the version of its operators, 13 to 24 (default: 17)').argParser(
        wholeNumber(13, 24),
      ),
    )
    .option('--force', 'overwrite what is there');
  addForeignFileOptions(command)
    .addHelpText(
      'after',
      `
Formats:
  safetensors   for PyTorch: its names and layouts, loads into the same network built there
  onnx          for onnxruntime and whatever else runs networks
  html          one page that reads what is drawn on it, offline, on a phone too
  json          to look at: the network, and every weight as a number

Examples:
  longhand export runs/lenet-documented/last.safetensors --output digits.html
  longhand export runs/lenet-documented/last.safetensors --output digits.onnx --softmax --normalisation inside
  longhand export runs/lenet-documented/last.safetensors --format json`,
    )
    .action(async (model, options) => (await import('./export-command')).exportCommand(model, options));
}
