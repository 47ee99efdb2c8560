/**
 * What all views share: the present model and the digits. A view that trains puts its model here; views that draw or look inside
 * read it.
 */

import { decodeModel, type Evaluation, type Model } from '@longhand/training';
import { signal } from '@preact/signals';
import { type Digits, loadDigits } from './digits';

/** A model with where it is from. */
export interface PresentModel extends Model {
  /** In words: `the model that comes with the page`, `trained here, 1 epoch`, the name of a file. */
  readonly origin: string;
  /** How it does on the test digits; absent until it was evaluated. */
  readonly test?: Evaluation | undefined;
}

/** The model that is drawn for and looked into. Undefined only until the one that comes with the page is loaded. */
export const presentModel = signal<PresentModel | undefined>(undefined);

/** The MNIST digits, once they are loaded. */
export const digits = signal<Digits | undefined>(undefined);

/** What went wrong while something was loaded, in one line. */
export const loadFailure = signal<string | undefined>(undefined);

/** Loads the model that comes with the page: the documented network, trained on distorted digits. */
export async function loadFirstModel(): Promise<void> {
  const response = await fetch(new URL('./model/first-model.safetensors', import.meta.url));
  if (!response.ok) throw new Error(`first model: expected a file from the server, got status ${response.status}`);
  const model = decodeModel(new Uint8Array(await response.arrayBuffer()), 'the model that comes with the page');
  // Somebody may have been faster.
  presentModel.value ??= { ...model, origin: 'the model that comes with the page' };
}

let loading: Promise<Digits> | undefined;

/** The digits; they are fetched once, whoever asks first. */
export function wantDigits(): Promise<Digits> {
  loading ??= loadDigits().then(
    (loaded) => {
      digits.value = loaded;
      return loaded;
    },
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
