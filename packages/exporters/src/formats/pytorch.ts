/** `--format pytorch`: a Python program with the nn.Module and a loop that trains on, the weights and the optimizer's state beside it. */
import { quoted } from '@longhand/rendering';
import { encodeModel } from '@longhand/training';
import type { Exporter } from '../exporter';
import { formatList } from '../format-list';
import { programText } from '../pytorch/program';
import { recommendedTraining } from '../pytorch/run-training';

export const exportPytorch: Exporter = (model, context) => {
  const { output, moduleName, training = recommendedTraining(model) } = context;
  const { dataCommand = 'longhand data --output data.npz   # MNIST; other data by their path before --output' } =
    context;
  const [weights, state] = formatList.pytorch.companions(output);
  const names = { program: output, weights, ...(training.state && { state }) };
  const program = programText(model, training, names);
  const path = quoted(output);
  const remarks = training.remarks.map((remark) => `\nNote: ${remark}.`).join('');
  return {
    files: [
      { path: output, bytes: new TextEncoder().encode(program) },
      { path: weights, bytes: encodeModel(model, { ...(moduleName && { moduleName }) }) },
      ...(training.state ? [{ path: state, bytes: training.state.bytes }] : []),
    ],
    advice: `With PyTorch:

  ${dataCommand}
  python ${path} --data data.npz   # the accuracy on its test images
  python ${path} train --data data.npz   # trains on${training.state ? `, with the optimizer's state of step ${training.state.steps}` : ''}
  torchrun --nproc-per-node 2 ${path} train --data data.npz${remarks}`,
  };
};
