/** `--format pytorch`: a Python program with the nn.Module and a loop that trains on, the weights and the optimizer's state beside it. */
import { dirname } from 'node:path';
import { encodeModel } from '@longhand/training';
import { commandLine, quoted } from '../../command/failure';
import { moduleName } from '../../command/own-modules';
import type { Exporter } from '../exporter';
import { formatList } from '../format-list';
import { programText } from '../pytorch/program';
import { trainingOf } from '../pytorch/run-training';

export const exportPytorch: Exporter = (model, { file, output }) => {
  const [weights, state] = formatList.pytorch.companions(output);
  const training = trainingOf(model, file);
  const names = { program: output, weights, ...(training.state && { state }) };
  const program = programText(model, training, names);
  const named = { moduleName: (url: string) => moduleName(url, dirname(output)) };
  const path = quoted(output);
  const data = commandLine('data', '--output', 'data.npz');
  const remarks = training.remarks.map((remark) => `\nNote: ${remark}.`).join('');
  return {
    files: [
      { path: output, bytes: new TextEncoder().encode(program) },
      { path: weights, bytes: encodeModel(model, named) },
      ...(training.state ? [{ path: state, bytes: training.state.bytes }] : []),
    ],
    advice: `With PyTorch:

  ${data}   # MNIST; other data by their path before --output
  python ${path} --data data.npz   # the accuracy on its test images
  python ${path} train --data data.npz   # trains on${training.state ? `, with the optimizer's state of step ${training.state.steps}` : ''}
  torchrun --nproc-per-node 2 ${path} train --data data.npz${remarks}`,
  };
};
