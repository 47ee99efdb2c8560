/** The options of `longhand import`. What it does is loaded when it is run. */
import type { Command } from 'commander';
import { addForeignFileOptions } from '../command/model-input-options';
import { pathName } from '../command/option-parsers';

export function declareImport(program: Command): void {
  const command = program
    .command('import')
    .description('make a model file of weights that another program saved')
    .argument('<file>', "safetensors with the names of PyTorch's state_dict, or an ONNX file", pathName)
    .option('--output <file>', 'where to save the model (default: models/<name>.safetensors)')
    .option('--force', 'overwrite what is there');
  addForeignFileOptions(command)
    .addHelpText(
      'after',
      `
Other commands read such files too; a model file keeps what has been said about them once.

Examples:
  longhand import from-pytorch.safetensors
  longhand import lenet.safetensors --activation tanh --pooling mean --normalise-by 0.5,0.5
  longhand import mine.safetensors --model mine.json
  longhand import digits.onnx --output models/digits.safetensors`,
    )
    .action(async (file, options) => (await import('./import-command')).importCommand(file, options));
}
