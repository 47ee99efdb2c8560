/** Command lines that are refused, each with the exit code 2 and one line that says what was expected. */
// cspell:ignore leraning threds
import { expect, test, vi } from 'vitest';
import { longhand } from '../testing/command-in-process';

vi.mock('./command/engine-session', async () => (await import('../testing/command-in-process')).sessionInThisThread);

test.each<[string[], RegExp]>([
  [['train', '--epochs', '2.5'], /whole number of at least 1/],
  [['train', '--threads', '10000'], /argument '10000' is invalid\. Expected a whole number from 1 to 256\.\n$/],
  [
    ['train', '--seeds', '4294967296'],
    /argument '4294967296' is invalid\. Expected a whole number from 1 to 1000\.\n$/,
  ],
  [['train', '--seeds', '100000000'], /Expected a whole number from 1 to 1000\.\n$/],
  [['train', '--leraning-rate', '1'], /^error: unknown option '--leraning-rate' \(Did you mean --learning-rate\?\)\n$/],
  [['evaluate', '--threds', '1'], /^error: unknown option '--threds' \(Did you mean --threads\?\)\n$/],
  [
    ['train', '--device', 'cpu'],
    /^error: unknown option '--device' \(it trains on all cores [^\n]+--threads [^\n]+\)\n$/,
  ],
  [['train', '--gpu'], /^error: unknown option '--gpu' \(it trains on all cores /],
  [
    ['train', '--dropout', '0.5'],
    /^error: unknown option '--dropout' \(dropout is a layer: \{"kind":"dropout","rate":0\.5\} /,
  ],
  [['train', '--mixup', '0.2'], /^error: unknown option '--mixup' \(images are not mixed; --augmentation /],
  [['lr-finder'], /^error: unknown command 'lr-finder' \(Did you mean tune --find-learning-rate\?\)\n$/],
  [['test', 'runs/a'], /^error: unknown command 'test' \(Did you mean evaluate\?\)\n$/],
  [['train', '--schedule', 'onecycle'], /Allowed choices are [^\n]+ Did you mean one-cycle\?\n$/],
  [['train', '--optimizer', 'SGD'], /Allowed choices are [^\n]+ Did you mean sgd\?\n$/],
  [['train', '--optimizer', 'lamb'], /Allowed choices are [^\n]+ such as \.\/mine\.mjs#make\.\n$/],
  [['train', '--ema', '2'], /'--average-decay <number>' argument '2' is invalid/],
  [['train', '--val', 'x'], /'--validation <count>' argument 'x' is invalid\. Expected [^\n]+ or val for /],
  [['train', '--workers', 'x'], /'--threads <count>' argument 'x' is invalid/],
  [['train', '--resume-from', ''], /'--resume <folder>' argument '' is invalid/],
  [['train', '--distill', ''], /'--teacher <model>' argument '' is invalid/],
  [['train', '--mean'], /^error: unknown option '--mean'\n$/],
  [['train', '--epochs', '1e300'], /Expected a whole number from 1 to 1000000\.\n$/],
  [['train', '--checkpoint-every', '1e12'], /Expected a whole number from 1 to 1000000000\.\n$/],
  [['train', '--elastic', '1e9'], /Expected a number from 0 to 1000\.\n$/],
  [['check', '--samples', '1e9'], /Expected a whole number from 1 to 1000000\.\n$/],
  [['evaluate', '--misclassified', '1e9'], /Expected a whole number from 1 to 10000\. Put the model before it\.\n$/],
  [['check', '--budget', 'layers'], /Expected limits such as layers=20000, of bytes, textBytes, [^\n]+\.\n$/],
  [['check', '--budget', 'beds=3'], /Expected limits such as layers=20000, of /],
  [['train', '--batch-size', '0'], /'--batch-size <count>' argument '0' is invalid/],
  [['train', '--learning-rate', 'NaN'], /argument 'NaN' is invalid\. Expected a number above 0\.\n$/],
  [['train', '--learning-rate', ''], /Expected a number above 0/],
  [['train', '--momentum', '1'], /Expected a number from 0 to below 1/],
  [
    ['train', '--resume', ''],
    /^error: option '--resume <folder>' argument '' is invalid\. Expected the name of a file or folder\.\n$/,
  ],
  [['train', '--data', ''], /'--data <path>' argument '' is invalid/],
  [['export', 'a.safetensors', '--output', ''], /'--output <file>' argument '' is invalid/],
  [['visualize', 'a.png', '--html', ''], /'--html <file>' argument '' is invalid/],
  [['help', 'trains'], /^error: unknown command 'trains' \(Did you mean train\?\)\n$/],
  [['help', 'nothing'], /^error: unknown command 'nothing'\n$/],
  [['evaluate', ''], /value '' is invalid for argument 'model'/],
  [
    ['train', '--network', 'alexnet'],
    /Allowed choices are lenet-documented, sprint, lenet5, wide, pytorch-mnist, resnet-small/,
  ],
  [
    ['train', '--nesterov'],
    /^error: option '--nesterov' has no meaning for adamw; leave it out or choose --optimizer sgd or muon\n$/,
  ],
  [
    ['train', '--optimizer', 'sgd', '--momentum', '0', '--nesterov'],
    /^error: sgd: expected a momentum above 0 with nesterov, got 0\n$/,
  ],
  [
    ['train', '--momentum', '0.5'],
    /^error: option '--momentum' has no meaning for adamw; leave it out or choose --optimizer sgd or rmsprop or muon\n$/,
  ],
  [
    ['train', '--adamw-layers', 'fc'],
    /^error: option '--adamw-layers' has no meaning for adamw; leave it out or choose --optimizer muon\n$/,
  ],
  [
    ['train', '--clip-norm', '1', '--clip-value', '1'],
    /^error: option '--clip-norm <number>' cannot be used with option '--clip-value <number>'\n$/,
  ],
  [['train', '--clip-norm', '0'], /Expected a number above 0/],
  [
    ['train', '--name', ''],
    /^error: option '--name' expects a name for a folder in runs\/, got ''; leave out slashes\n$/,
  ],
  [['train', '--name', 'a/b'], /^error: option '--name' expects a name [^\n]+ got 'a\/b'; leave out slashes\n$/],
  [['train', '--name', '..'], /^error: option '--name' expects a name /],
  [['train', '--name', 'a\nb'], /^error: option '--name' expects a name that can be seen, on one line, got "a\\nb"\n$/],
  [['train', '--name', ' '], /^error: option '--name' expects a name that can be seen/],
  [['train', '--patience', '3'], /^error: option '--patience' needs validation images[^\n]+; add --validation 5000\n$/],
  [['train', '--target-accuracy', '0.9'], /^error: option '--target-accuracy' needs validation images, /],
  [['train', '--target-accuracy', '99'], /Expected a number above 0 and up to 1, such as 0\.99/],
  [['train', 'digits'], /too many arguments/],
  [['learn'], /^error: unknown command 'learn'\n$/],
  [['evaluate'], /missing required argument 'model'/],
])('%j', async (options, message) => {
  const { code, stdout, stderr } = await longhand(options);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect([code, stdout]).toEqual([2, '']);
});
