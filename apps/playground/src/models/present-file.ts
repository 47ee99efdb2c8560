/** Opens a model and makes it the present one: from a file, a finished run of the server, or the one that comes with the page. */
import { evaluate, type Model } from '@longhand/training';
import { digits, loadFailure, type PresentModel, presentModel, reportFailure } from '../session';
import { pageEngine } from '../training/engine';
import { modelOfBytes } from './open-model';

/** Opens a file that was chosen or dropped. */
export async function openFile(file: File): Promise<void> {
  await open(file.name, async () => new Uint8Array(await file.arrayBuffer()));
}

/** Opens the last model of a finished run. */
export async function openRun(name: string): Promise<void> {
  await open(
    `run ${name}`,
    async () => {
      const response = await fetch(new URL(`runs/${encodeURIComponent(name)}/last.safetensors`, document.baseURI));
      if (!response.ok)
        throw new Error(`run ${name}: expected its model from the server, got status ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    { run: name },
  );
}

async function open(name: string, read: () => Promise<Uint8Array>, from?: PresentModel['from']): Promise<void> {
  loadFailure.value = undefined;
  try {
    const { model, assumed } = modelOfBytes(await read(), name);
    const origin = assumed.length === 0 ? name : `${name} (assumed: ${assumed.join(', ')})`;
    const present: PresentModel = { ...model, origin, from };
    presentModel.value = present;
    await test(present);
  } catch (error) {
    reportFailure(error);
  }
}

/** Tests a model on the digits, if it is for such. */
async function test(model: PresentModel): Promise<void> {
  const testing = digits.value?.testing;
  if (testing === undefined || !takes(model, testing)) return;
  const evaluation = await evaluate({ ...modelOnly(model), dataset: testing, engine: pageEngine() });
  // Another one may be the present one by now.
  if (presentModel.value === model) presentModel.value = { ...model, test: evaluation };
}

function modelOnly({ network, parameters, normalization, loss }: Model) {
  return { network, parameters, normalization, ...(loss && { loss }) };
}

function takes(
  { network }: Model,
  { height, width, channels, classes }: { height: number; width: number; channels: number; classes: number },
): boolean {
  return network.inputShape.join() === [height, width, channels].join() && network.outputShape.join() === `${classes}`;
}
