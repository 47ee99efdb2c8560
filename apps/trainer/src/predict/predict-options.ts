/** The options of `longhand predict`. What it does is loaded when it is run. */
import type { Command } from 'commander';
import { pathName } from '../command/option-parsers';

export function declarePredict(program: Command): void {
  program
    .command('predict')
    .description('read photographed or drawn digits')
    .argument('<picture...>', 'PNG or JPEG files of any size; - for standard input')
    .option('--model <file>', 'a trained model (default: that of the newest run)', pathName)
    .option('--split', 'read several digits in a picture, from left to right')
    .option('--debug-image <file>', 'write what the network saw as a PNG, numbered where there are several')
    .option('--force', 'overwrite that file')
    .option('--json', 'one line of JSON for each digit')
    .addHelpText(
      'after',
      `
Examples:
  longhand predict seven.jpg
  longhand predict *.png --json
  longhand predict number.png --split --model runs/lenet5/best.safetensors
  cat seven.png | longhand predict - --debug-image seen.png`,
    )
    .action(async (pictures, options) => (await import('./predict-command')).predictCommand(pictures, options));
}
