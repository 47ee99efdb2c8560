/** The options and help of the commands that show and convert a model's file: `inspect`, `export` and `import`. */
import { formatHelp, formatNames } from '@longhand/exporters/format-list';
import { type Command, Option } from 'commander';
import { begun } from './command/first-signals';
import { addForeignFileOptions, moduleOption, pathName, wholeNumber } from './command/options';

export function declareInspect(program: Command): void {
  program
    .command('inspect')
    .description('show a saved model: layers, training settings, weight statistics, kernels as pictures')
    .argument('<model>', 'a run, a model file that train saved, or one of another program', pathName)
    .addOption(moduleOption())
    .option('--layer <name>', 'the layer whose kernels to draw (default: the first that has any)')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand inspect runs/lenet-documented/last.safetensors
  longhand inspect runs/lenet-documented/last.safetensors --layer conv2
  longhand inspect runs/lenet-documented/last.safetensors --json`,
    )
    .action(async (model, options) =>
      (await begun(import('./inspect/inspect-command'))).inspectCommand(model, options),
    );
}

export function declareExport(program: Command): void {
  const command = program
    .command('export')
    .description('export a model for other programs, or as a page that classifies drawings')
    .argument('<model>', 'a run, a model file that train saved, or one of another program', pathName)
    .addOption(
      new Option('--format <name>', 'the format (default: that of the ending of --output)').choices(formatNames),
    )
    .option('--output <file>', 'where to write it (default: beside the model)', pathName)
    .option('--softmax', 'ONNX, TensorFlow.js: output probabilities instead of logits')
    .addOption(
      new Option(
        '--normalization <where>',
        'ONNX, TensorFlow.js: whether the network itself normalizes pixels (default: outside)',
      ).choices(['inside', 'outside']),
    )
    .addOption(
      new Option('--opset <version>', 'ONNX: the opset version, 13 to 24 (default: 17)').argParser(wholeNumber(13, 24)),
    )
    .addOption(
      new Option(
        '--quantize <type>',
        'safetensors, ONNX, js: weights as integers, with a scale for each output channel',
      ).choices(['int8']),
    )
    .addOption(
      new Option('--data <path>', 'with --quantize: where the test images are (default: MNIST)').argParser(pathName),
    )
    .addOption(moduleOption())
    .option('--force', 'overwrite existing files');
  addForeignFileOptions(command)
    .addHelpText(
      'after',
      `
Formats:
${formatHelp()}

Examples:
  longhand export runs/lenet-documented/last.safetensors --output digits.html
  longhand export runs/lenet-documented/last.safetensors --output digits.onnx --softmax --normalization inside
  longhand export runs/lenet-documented/last.safetensors --format tfjs --output digits-tfjs
  longhand export runs/lenet-documented/last.safetensors --output digits.js --quantize int8
  longhand export runs/lenet-documented --format pytorch
  longhand export runs/lenet-documented/last.safetensors --format json`,
    )
    .action(async (model, options) => (await begun(import('./export/export-command'))).exportCommand(model, options));
}

export function declareImport(program: Command): void {
  const command = program
    .command('import')
    .description('import the weights that another program saved')
    .argument(
      '<file>',
      "a state_dict as safetensors or by PyTorch's torch.save, an ONNX file, or a model of TensorFlow.js or Keras",
      pathName,
    )
    .option('--output <file>', 'where to save the model (default: models/<name>.safetensors)', pathName)
    .option('--force', 'overwrite an existing file');
  addForeignFileOptions(command)
    .addHelpText(
      'after',
      `
Other commands take such files too; an imported model keeps the options given here.

Examples:
  longhand import from-pytorch.safetensors
  longhand import mnist_cnn.pt
  longhand import lenet.safetensors --activation tanh --pooling mean --normalize-by 0.5,0.5
  longhand import mine.safetensors --model mine.json
  longhand import digits.onnx --output models/digits.safetensors
  longhand import digits-tfjs/model.json`,
    )
    .action(async (file, options) => (await begun(import('./import/import-command'))).importCommand(file, options));
}
