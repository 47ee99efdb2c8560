/** The model in the address: a finished run of the server by its name, and of any but that of the page the checksum of its weights. */
import { parametersChecksum } from '@longhand/training';
import { setting, whenFollowed } from '../address';
import { loadFailure, loadFirstModel, type PresentModel, presentModel, reportFailure } from '../session';

export interface ModelSettings {
  readonly run: string | undefined;
  readonly weights: string | undefined;
}

let known: { readonly model: PresentModel; readonly settings: ModelSettings } | undefined;

/** What the address has of a model; computed once. */
export function modelSettings(model: PresentModel | undefined): ModelSettings {
  if (model === undefined)
    return { run: setting('run', '') || undefined, weights: setting('weights', '') || undefined };
  if (known?.model !== model) {
    const weights = model.from === 'page' ? undefined : parametersChecksum(model.parameters);
    known = { model, settings: { run: runOf(model), weights } };
  }
  return known.settings;
}

function runOf({ from }: PresentModel): string | undefined {
  return typeof from === 'object' ? from.run : undefined;
}

/** What the address of a derivation is a link to, in a sentence. */
export function linkSentence(model: PresentModel | undefined): string {
  if (model?.from === 'page') return 'The address of this page is a link to this derivation.';
  const run = model && runOf(model);
  if (run !== undefined)
    return `The address of this page is a link to this derivation, wherever the run ${run} is served.`;
  return 'The address of this page has the number, the label and the picture, but not this model: save it, and open its file where the link is followed.';
}

/** Why what an address shows is not what it was made of; undefined if it is. */
export function linkRefusal({ run, weights }: ModelSettings, now: ModelSettings): string | undefined {
  if (run === now.run && (weights === undefined || weights === now.weights)) return undefined;
  if (run !== undefined && run === now.run) {
    return `run ${run}: expected weights with the checksum ${weights} of the address, got ${now.weights}; the numbers are those of the run as it is now`;
  }
  const shown = now.weights === undefined ? 'the model of this page is shown' : 'the present model is shown';
  if (run !== undefined) {
    return `run ${run}: expected it from the server, as the address has it, got none; ${shown}, whose numbers are others. Begin longhand serve where the run is`;
  }
  if (weights === now.weights) return undefined;
  return `The address is of another model, whose weights have the checksum ${weights}; ${shown}, whose numbers are others. Open that model’s file`;
}

/** Shows the model of the address, else that of the page; says so where it cannot be had. */
export async function loadModel(): Promise<void> {
  const wanted = modelSettings(undefined);
  if (wanted.run !== undefined) {
    const { openRun } = await import('./present-file');
    await openRun(wanted.run);
  }
  if (presentModel.value === undefined) await loadFirstModel();
  const refusal = linkRefusal(wanted, modelSettings(presentModel.value));
  if (refusal !== undefined) loadFailure.value = refusal;
}

/** Follows addresses that are of another model than the present one; those of none leave it. */
export function followModel(): void {
  whenFollowed(() => {
    const [wanted, now] = [modelSettings(undefined), modelSettings(presentModel.peek())];
    if (wanted.run === now.run && wanted.weights === now.weights) return;
    if (wanted.run === undefined && wanted.weights === undefined) return;
    loadModel().catch(reportFailure);
  });
}
