/** The options and help of the commands that take pictures: `predict` and `visualize`. */
import { type Command, Option } from 'commander';
import { begun } from './command/first-signals';
import { asIsOption, cropOption, moduleOption, pathName } from './command/options';

export function declarePredict(program: Command): void {
  program
    .command('predict')
    .description('classify photographed or drawn digits')
    .argument(
      '<picture...>',
      'PNG or JPEG files of any size, - for standard input; or a .csv, .npz, Parquet or IDX file',
    )
    .option('--model <file>', 'a trained model (default: that of the newest run)', pathName)
    .addOption(moduleOption())
    .option('--kaggle', 'of a file of data: a table with the columns ImageId and Label')
    .option('--transpose', 'of a file of data: exchange rows and columns of its images')
    .option('--split', 'classify several digits in a picture, in rows, and say points, commas and minus signs')
    .addOption(asIsOption())
    .addOption(cropOption())
    .addOption(
      new Option(
        '--labels',
        'folders or names of the pictures are their classes, as in 7/a.png or 7-a.png: say the accuracy; takes folders too',
      ).conflicts('split'),
    )
    .addOption(
      new Option('--csv <file>', 'write a table of files, classes and probabilities; - for standard output').argParser(
        pathName,
      ),
    )
    .option('--debug-image <file>', 'write the network’s input as a PNG, numbered where there are several', pathName)
    .option('--force', 'overwrite these files')
    .option(
      '--json',
      'one line of JSON for each digit, or image of a file of data: logits, their temperature, probabilities of all classes',
    )
    .addHelpText(
      'after',
      `
Examples:
  longhand predict seven.jpg
  longhand predict *.png --csv predictions.csv
  longhand predict photos --labels
  longhand predict test.csv --kaggle --csv submission.csv
  longhand predict page.jpg --crop 120,40,300,200
  longhand predict *.png --json
  longhand predict number.png --split --model runs/lenet5/best.safetensors
  cat seven.png | longhand predict - --debug-image seen.png`,
    )
    .action(async (pictures, options) =>
      (await begun(import('./predict/predict-command'))).predictCommand(pictures, options),
    );
}

export function declareVisualize(program: Command): void {
  program
    .command('visualize')
    .description('show feature maps of every layer, an occlusion map, the input gradient and the class probabilities')
    .argument('<picture>', 'a PNG or JPEG file of a digit; - for standard input', pathName)
    .option('--model <file>', 'a trained model (default: that of the newest run)', pathName)
    .addOption(moduleOption())
    .addOption(asIsOption())
    .option('--class <name>', 'the class of occlusion map and gradient (default: the predicted class)')
    .option('--png <file>', 'write all maps as one PNG', pathName)
    .option('--html <file>', 'write them as a page', pathName)
    .option('--force', 'overwrite these files')
    .addHelpText(
      'after',
      `
Examples:
  longhand visualize seven.jpg
  longhand visualize seven.jpg --class 1 --html seven.html
  longhand visualize seven.jpg --model runs/lenet5/best.safetensors --png maps.png`,
    )
    .action(async (picture, options) =>
      (await begun(import('./visualize/visualize-command'))).visualizeCommand(picture, options),
    );
}
