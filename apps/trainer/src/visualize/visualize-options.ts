/** The options of `longhand visualize`. What it does is loaded when it is run. */
import type { Command } from 'commander';
import { pathName } from '../command/option-parsers';

export function declareVisualize(program: Command): void {
  program
    .command('visualize')
    .description('see what a network sees: every layer, what it looks at, and how sure it is')
    .argument('<picture>', 'a PNG or JPEG file of a digit; - for standard input', pathName)
    .option('--model <file>', 'a trained model (default: that of the newest run)', pathName)
    .option('--class <name>', 'the class that occlusion and gradient are of (default: the one read)')
    .option('--png <file>', 'write all pictures on one sheet')
    .option('--html <file>', 'write them as a page')
    .option('--force', 'overwrite these files')
    .addHelpText(
      'after',
      `
Examples:
  longhand visualize seven.jpg
  longhand visualize seven.jpg --class 1 --html seven.html
  longhand visualize seven.jpg --model runs/lenet5/best.safetensors --png seven.png`,
    )
    .action(async (picture, options) => (await import('./visualize-command')).visualizeCommand(picture, options));
}
