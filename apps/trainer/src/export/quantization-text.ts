/** What integers of 8 bits cost a model: its accuracy before and after. */
import { countText, percentText } from '@longhand/rendering';
import { evaluate, type Model, quantizedModel } from '@longhand/training';
import { type DataChoice, loadPart } from '../command/dataset-source';
import { withEngine } from '../command/engine-session';

/** The accuracy on test images with float32 weights and with integers, where there are test images for the model. */
export async function quantizationText(model: Model, options: DataChoice): Promise<string> {
  const { network, classes, data } = model;
  const takesMnist =
    network.inputShape.join() === '28,28,1' && classes.length === 10 && (data?.name ?? 'MNIST') === 'MNIST';
  if (options.data === undefined && !takesMnist)
    return 'Weights are int8; say --data to see what that does to the accuracy';
  const { dataset, name } = await loadPart(options, 'test');
  const accuracies = await withEngine(
    { kernels: 'strict' },
    () => 'interrupted',
    async (engine) => {
      const [before, after] = [model, quantizedModel(model)];
      return [await evaluate({ ...before, dataset, engine }), await evaluate({ ...after, dataset, engine })];
    },
  );
  const [before, after] = accuracies.map(({ accuracy }) => percentText(accuracy));
  return `Weights are int8: accuracy ${after} on ${countText(dataset.count)} test images of ${name}, ${before} with float32`;
}
