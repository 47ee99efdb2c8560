/** The Python program of a model: its module, how images are prepared, how the weights are loaded, and a loop that trains on. */
import { channelNormalizations } from '@longhand/datasets';
import { everyLayer } from '@longhand/layers';
import { countText } from '@longhand/rendering';
import type { Model } from '@longhand/training';
import { fileName } from '../paths';
import { inkText } from '../python-text';
import { type ModulesText, modulesText } from './modules';
import { optimizerText, scheduleText } from './optimizer-text';
import { commentText, floatText, text } from './python';
import type { RunTraining } from './run-training';

/** The files beside the program. */
export interface ProgramFiles {
  /** The program. */
  readonly program: string;
  /** The weights, as safetensors. */
  readonly weights: string;
  /** Default: none, the optimizer begins anew. */
  readonly state?: string;
}

/**
 * The text of a Python program with the network as an `nn.Module`, and a loop that trains on.
 *
 * @throws ModelError naming a layer that PyTorch does not have
 *
 * @throws ModelError naming a layer that PyTorch does not have
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const files = { program: 'digits.py', weights: 'digits-weights.safetensors' };
 * programText(model, recommendedTraining(model), files).includes('import torch'); // true
 */
export function programText(model: Model, training: RunTraining, files: ProgramFiles): string {
  const modules = modulesText(model);
  const hasBatchNorm = everyLayer(model.network.layers).some(({ layer }) => layer.description.kind === 'batchNorm');
  const parts = [
    headText(model, training, files),
    networkText(model, modules),
    prepareText(model),
    trainingText(training, { isRenamed: modules.renamed.size > 0, hasBatchNorm }),
  ];
  const whole = `${parts.join('\n\n')}\n`.replace(/\n{4,}/g, '\n\n\n');
  return whole.includes(' math.') || whole.includes('(math.') ? whole : whole.replace('import math\n', '');
}

function headText(model: Model, training: RunTraining, { program, weights, state }: ProgramFiles): string {
  const file = commentText(fileName(program));
  const { network, classes } = model;
  const [channels, ...axes] = [...network.inputShape.slice(-1), ...network.inputShape.slice(0, -1)];
  const shape = [channels, ...axes].join(', ');
  const module = file.replace(/\.py$/, '');
  const usesAugmentation = Object.values(training.augmentation).some((value) => value > 0);
  const remarks = training.remarks.length === 0 ? '' : `\nNote: ${training.remarks.map(commentText).join('; ')}.\n`;
  return `"""A network of ${countText(network.parameterCount)} parameters for images [${shape}]${inkText(model)}, written by longhand export.

    from ${module} import CLASSES, load, prepare
    probabilities = load()(prepare(images))${outputText(model)}   # images: bytes [n, ${network.inputShape.filter((extent, at) => at !== 2 || extent > 1).join(', ')}]

    python ${file} --data data.npz                                      # the accuracy on its test images
    python ${file} train --data data.npz                                # trains on from here
    torchrun --nproc-per-node 2 ${file} train --data data.npz           # on two GPUs, or two processors

Data are an .npz with x_train, y_train, x_test and y_test, as \`longhand data <path> --output data.npz\` writes it and as Keras'
mnist.npz is. What is trained is a model file of longhand again. Needs torch, numpy and safetensors.
${remarks}"""

import argparse
import itertools
import json
import math
import os
from collections import OrderedDict
from pathlib import Path

import numpy
import torch
import torch.distributed as dist
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / ${text(fileName(weights))}
${state === undefined ? '' : `STATE = HERE / ${text(fileName(state))}\n`}OUTPUT = HERE / ${text(fileName(program).replace(/\.py$/, '-trained.safetensors'))}
CLASSES = [${classes.map((name) => text(name)).join(', ')}]

EPOCHS = ${training.epochs}
BATCH_SIZE = ${training.batchSize}  # of all processes together
${training.state === undefined ? '' : `STEPS_DONE = ${training.state.steps}  # by the run that the weights are of\n`}${usesAugmentation ? `PLAIN_PART = ${floatText(training.closeAugmentation)}  # the last part of the run, on images as they are\n` : ''}`;
}

/** What follows the network's output for probabilities. */
function outputText({ network }: Model): string {
  const last = network.layers.at(-1)?.layer.description;
  const isClosed =
    last?.kind === 'softmax' || (last?.kind === 'activation' && Reflect.get(last, 'activation') === 'sigmoid');
  return isClosed ? '' : '.softmax(1)';
}

function networkText({ network }: Model, { lines, needs, renamed }: ModulesText): string {
  const residual = `class Residual(nn.Module):
    """y = body(x) + shortcut(x)"""

    def __init__(self, body, shortcut=()):
        super().__init__()
        self.body = nn.Sequential(OrderedDict(body))
        self.shortcut = nn.Sequential(OrderedDict(shortcut))

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


`;
  const mean = `class MeanOfCovered(nn.Module):
    """The mean of each window over the pixels that it covers, where the borders of an image differ."""

    def __init__(self, window, stride, padding):
        super().__init__()
        self.window, self.stride, self.padding = window, stride, padding

    def forward(self, x):
        sums, counts = (
            F.avg_pool2d(F.pad(each, self.padding), self.window, self.stride) for each in (x, torch.ones_like(x))
        )
        return sums / counts


`;
  const names = [...renamed].map(([file, here]) => `${text(file)}: ${text(here)}`).join(', ');
  const renaming =
    renamed.size === 0
      ? ''
      : `
# Layers that cannot have the names of the file.
RENAMED = {${names}}


def named_here(tensors):
    layers = {name: name.rpartition(".") for name in tensors}
    return {f"{RENAMED.get(layer, layer)}.{part}": tensors[name] for name, (layer, _, part) in layers.items()}


def named_as_in_file(tensors):
    files = {here: file for file, here in RENAMED.items()}
    layers = {name: name.rpartition(".") for name in tensors}
    return {f"{files.get(layer, layer)}.{part}": tensors[name] for name, (layer, _, part) in layers.items()}

`;
  const tensors = renamed.size === 0 ? 'load_file(weights)' : 'named_here(load_file(weights))';
  return `${needs.has('Residual') ? residual : ''}${needs.has('MeanOfCovered') ? mean : ''}class Network(nn.Sequential):
    """[n, ${[...network.inputShape.slice(-1), ...network.inputShape.slice(0, -1)].join(', ')}] to [n, ${network.outputShape[0]}]."""

    def __init__(self):
        super().__init__(
            OrderedDict(
                [
${lines.map((line) => `                    ${line}`).join('\n')}
                ]
            )
        )

${renaming}
def load(weights=WEIGHTS):
    """The trained network, in evaluation mode."""
    network = Network()
    network.load_state_dict(${tensors})
    return network.eval()
`;
}

function prepareText({ network, normalization }: Model): string {
  const { inputShape } = network;
  const channels = inputShape.at(-1) ?? 1;
  const perChannel = channelNormalizations('model', normalization, channels);
  const view = inputShape.length === 1 ? '-1' : ['-1', ...inputShape.slice(1).map(() => '1')].join(', ');
  const listed = (of: 'mean' | 'std'): string =>
    `torch.tensor([${perChannel.map((each) => floatText(each[of])).join(', ')}]).view(${view})`;
  const axes = inputShape.slice(0, -1);
  // Of one channel the axes are in order already; a permutation of them would mean another layout in memory to PyTorch.
  const ordered =
    channels === 1 || axes.length === 0
      ? `.reshape(-1, ${(axes.length === 0 ? inputShape : [1, ...axes]).join(', ')})`
      : `.reshape(-1, ${inputShape.join(', ')}).permute(0, ${inputShape.length}, ${axes.map((_, at) => at + 1).join(', ')}).contiguous()`;
  return `MEAN = ${listed('mean')}
STD = ${listed('std')}


def scaled(images):
    """Bytes [n, ${inputShape.join(', ')}], channels last or left out, as numbers from 0 to 1, channels first."""
    return torch.as_tensor(images)${ordered}.float() / 255


def prepare(images):
    """Images as the network takes them: scaled and normalized as in training."""
    x = scaled(images)
    return (x - MEAN.to(x.device)) / STD.to(x.device)


@torch.inference_mode()
def accuracy(network, images, labels, device="cpu"):
    """The share of images whose class is predicted."""
    network.eval()
    batches = zip(images.split(1000), labels.split(1000))
    correct = sum((network(prepare(x.to(device))).argmax(1).cpu() == y).sum().item() for x, y in batches)
    return correct / len(images)
`;
}

/** The training loop. */
function trainingText(
  training: RunTraining,
  { isRenamed, hasBatchNorm }: { readonly isRenamed: boolean; readonly hasBatchNorm: boolean },
): string {
  const { state, clipping, averageDecay, augmentation } = training;
  const optimizer = optimizerText(training.optimizer);
  const augments = Object.values(augmentation).some((value) => value > 0);
  const averages = averageDecay > 0;
  const restores = state !== undefined && (Object.keys(optimizer.states).length > 0 || averages);
  const stateNames = Object.entries(optimizer.states)
    .map(([theirs, ours]) => `"${theirs}": "${ours}."`)
    .join(', ');
  const restoreText = restores
    ? `def restore(optimizer, network):
    """Goes on with the state of the run's last step${averages ? ', whose weights the other file has the average of' : ''}."""
    tensors = load_file(STATE)

    def part(prefix):
        own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        return ${isRenamed ? 'named_here(own)' : 'own'}

${averages ? '    network.load_state_dict(part("weights."))\n' : ''}    states = {theirs: part(ours) for theirs, ours in {${stateNames}}.items()}
    for name, parameter in network.named_parameters():
        own = {theirs: values[name].to(parameter.device) for theirs, values in states.items()}
        optimizer.state[parameter] = {"step": torch.tensor(float(STEPS_DONE)), **own}


`
    : '';
  return `${optimizer.definition}${scheduleText(training.schedule)}

${augments ? augmentText(augmentation) : ''}${restoreText}${averages ? averageText(averageDecay) : ''}${lossText(training)}

def read(file):
    """Images and labels of both parts, as tensors."""
    with numpy.load(file) as arrays:
        names = ("x_train", "y_train", "x_test", "y_test")
        x_train, y_train, x_test, y_test = (torch.from_numpy(arrays[name]) for name in names)
    return (x_train, y_train.long()), (x_test, y_test.long())


def train(data, output, epochs):
    """Trains on from here, on as many processes as torchrun started, and saves the result."""
    rank, local = int(os.environ.get("RANK", 0)), int(os.environ.get("LOCAL_RANK", 0))
    world = int(os.environ.get("WORLD_SIZE", 1))
    device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    torch.manual_seed(rank)

    (images, labels), (test_images, test_labels) = read(data)
    network = load().to(device)
    optimizer = ${optimizer.made}
${restores ? '    restore(optimizer, network)\n' : ''}${averages ? '    averaged = load().to(device)\n' : ''}${hasBatchNorm ? '    if world > 1 and device.type == "cuda":\n        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)\n' : ''}    model = DistributedDataParallel(network, [local] if device.type == "cuda" else None) if world > 1 else network

    dataset = TensorDataset(images, labels)
    sampler = DistributedSampler(dataset, world, rank)
    loader = DataLoader(dataset, max(1, BATCH_SIZE // world), sampler=sampler, pin_memory=device.type == "cuda")
    total = epochs * len(loader)
${
  state === undefined
    ? '    first = 0\n'
    : `    # A run that was halted goes on where it was; one that is over begins its schedule again.
    first = STEPS_DONE if STEPS_DONE < total else 0
`
}    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(first + step, total, len(loader)))

    step = first
    for epoch in itertools.count(first // len(loader)):
        sampler.set_epoch(epoch)
        model.train()
        sum_of_losses, steps = 0.0, 0
        for x, y in itertools.islice(loader, total - step):
            x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
${
  augments
    ? `            x = scaled(x)
            x = augment(x) if step < (1 - PLAIN_PART) * total else x
            loss = loss_of(model((x - MEAN.to(device)) / STD.to(device)), y)
`
    : '            loss = loss_of(model(prepare(x)), y)\n'
}            optimizer.zero_grad()
            loss.backward()
${clipping.norm === undefined ? '' : `            nn.utils.clip_grad_norm_(network.parameters(), ${floatText(clipping.norm)})\n`}${clipping.value === undefined ? '' : `            nn.utils.clip_grad_value_(network.parameters(), ${floatText(clipping.value)})\n`}            optimizer.step()
            scheduler.step()
            step, steps, sum_of_losses = step + 1, steps + 1, sum_of_losses + loss.item()
${averages ? `            average(averaged, network, ${state === undefined ? 'step' : 'STEPS_DONE + step - first'})\n` : ''}        if rank == 0:
            result = accuracy(${averages ? 'averaged' : 'network'}, test_images, test_labels, device)
            print(f"epoch {epoch + 1}: loss {sum_of_losses / steps:.4f}, test accuracy {result:.2%}", flush=True)
        if step >= total:
            break

    if rank == 0:
        save(${averages ? 'averaged' : 'network'}, output)
        print(f"Saved {output}")
    if world > 1:
        dist.destroy_process_group()


def save(network, output):
    """The weights as a model file of longhand: what it says besides is that of the exported one."""
    with safe_open(WEIGHTS, "pt") as file:
        metadata = file.metadata()
    settings = json.loads(metadata["longhand"])
    settings["training"] = {"continuedWith": "PyTorch"}
    state = {
        name: tensor.cpu().contiguous()
        for name, tensor in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(${isRenamed ? 'named_as_in_file(state)' : 'state'}, output, {**metadata, "longhand": json.dumps(settings)})


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\\n")[0])
    parser.add_argument("command", nargs="?", choices=["evaluate", "train"], default="evaluate")
    parser.add_argument("--data", required=True, type=Path, help="an .npz with x_train, y_train, x_test and y_test")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="passes over the training images (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to save the result")
    options = parser.parse_args()
    if options.command == "train":
        train(options.data, options.output, options.epochs)
    else:
        _, (images, labels) = read(options.data)
        print(f"accuracy {accuracy(load(), images, labels):.2%} on {len(images):,} test images")


if __name__ == "__main__":
    main()`;
}

function augmentText({ shift, rotation, scale, shear, elastic, flip }: RunTraining['augmentation']): string {
  return `def augment(x):
    """Each image moved, turned, scaled${elastic > 0 ? ', sheared and bent' : ' and sheared'} at random, as in the run; beyond its borders is 0."""
    n, _, height, width = x.shape

    def within(bound):
        return (2 * torch.rand(n, device=x.device) - 1) * bound

    angle, shear = within(math.radians(${rotation})), within(${shear})
    scale_x, scale_y = 1 + within(${scale}), 1 + within(${scale})
    c, s = angle.cos(), angle.sin()
    # Where a pixel of the copy is in the image, from the middle and in halves of its sides.
    rows = [
        [c * scale_x, (c * shear - s) * scale_y * height / width, 2 * within(${shift}) / width],
        [s * scale_x * width / height, (s * shear + c) * scale_y, 2 * within(${shift}) / height],
    ]
    matrix = torch.stack([torch.stack(row, 1) for row in rows], 1)
    grid = F.affine_grid(matrix, x.shape, align_corners=False)
${
  elastic > 0
    ? `    # A smooth field: random displacements every seven pixels, with a spline between them.
    points = (2 * torch.rand(n, 2, height // 7 + 3, width // 7 + 3, device=x.device) - 1) * ${elastic}
    spline = torch.tensor([1.0, 4.0, 1.0], device=x.device) / 6
    points = F.conv2d(points, (spline[:, None] * spline).expand(2, 1, 3, 3), groups=2, padding=1)
    field = F.interpolate(points, (height, width), mode="bicubic", align_corners=True)
    grid = grid + 2 * field.permute(0, 2, 3, 1) / torch.tensor([width, height], device=x.device)
`
    : ''
}${flip > 0 ? `    x = torch.where(torch.rand(n, 1, 1, 1, device=x.device) < ${flip}, x.flip(-1), x)\n` : ''}    return F.grid_sample(x, grid, align_corners=False)


`;
}

function averageText(decay: number): string {
  return `@torch.no_grad()
def average(averaged, network, step):
    """The moving average of the weights after a step, counted from 1: Polyak and Juditsky, 1992."""
    kept = min(${floatText(decay)}, step / (step + 9))
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values()):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - kept)


`;
}

function lossText({ loss, labelSmoothing }: RunTraining): string {
  const smoothed = labelSmoothing > 0;
  const targets = smoothed
    ? `(1 - ${labelSmoothing}) * F.one_hot(labels, len(CLASSES)) + ${labelSmoothing} / len(CLASSES)`
    : 'F.one_hot(labels, len(CLASSES)).float()';
  const bodies: Readonly<Record<string, string>> = {
    'sigmoid-binary-cross-entropy': `F.binary_cross_entropy_with_logits(outputs, ${targets})`,
    'binary-cross-entropy': `F.binary_cross_entropy(outputs, ${targets})`,
    'mean-squared-error': `F.mse_loss(outputs, ${targets})`,
    'half-squared-error': `F.mse_loss(outputs, ${targets}, reduction="sum") / (2 * len(outputs))`,
  };
  const body =
    bodies[loss] ?? `F.cross_entropy(outputs, labels${smoothed ? `, label_smoothing=${labelSmoothing}` : ''})`;
  return `def loss_of(outputs, labels):
    """The loss of the run: ${loss}."""
    return ${body}

`;
}
