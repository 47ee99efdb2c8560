/**
 * What all views share: the present model and the digits. A view that trains puts its model here; views that draw or look inside
 * read it.
 */

import { decodeModel, type Evaluation, type Model } from '@longhand/training';
import { signal } from '@preact/signals';
import { type Digits, loadMnist, loadOffered } from './digits';
import { askSite } from './site';

/** A model with where it is from. */
export interface PresentModel extends Model {
  /** In words: `the model that comes with the page`, `trained here, 1 epoch`, the name of a file. */
  readonly origin: string;
  /** Where an address finds it again: in the page, or among the runs of the server. Undefined for any other. */
  readonly from?: 'page' | { readonly run: string } | undefined;
  /** How it does on the test digits; absent until it was evaluated. */
  readonly test?: Evaluation | undefined;
}

/** The model that is drawn for and looked into. Undefined only until the one that comes with the page is loaded. */
export const presentModel = signal<PresentModel | undefined>(undefined);

/** The images to train and test with, once they are loaded: MNIST, or data of the user's own. */
export const digits = signal<Digits | undefined>(undefined);

/** What went wrong, in one line. */
export const loadFailure = signal<string | undefined>(undefined);

/** Shows what went wrong. */
export function reportFailure(error: unknown): void {
  loadFailure.value = error instanceof Error ? error.message : String(error);
}

/** Loads the model that comes with the page: the documented network, trained on distorted digits. */
export async function loadFirstModel(): Promise<void> {
  const response = await fetch(new URL('./model/first-model.safetensors', import.meta.url));
  if (!response.ok) throw new Error(`first model: expected a file from the server, got status ${response.status}`);
  const model = decodeModel(new Uint8Array(await response.arrayBuffer()), 'the model that comes with the page');
  // Somebody may have been faster.
  presentModel.value ??= { ...model, origin: 'the model that comes with the page', from: 'page' };
}

const loading = new Map<string, Promise<Digits>>();

/**
 * The digits; they are fetched once, whoever asks first.
 *
 * @param path the path of data that the server offers. Default: MNIST.
 */
export async function wantDigits(path = ''): Promise<Digits> {
  const wanted = loading.get(path) ?? load(path);
  loading.set(path, wanted);
  try {
    digits.value = await wanted;
    return digits.value;
  } catch (error) {
    loading.delete(path);
    throw error;
  }
}

async function load(path: string): Promise<Digits> {
  if (path === '') return loadMnist();
  const { data } = await askSite();
  if (data?.path === path) return loadOffered(data);
  throw new Error(`${path}: expected data that the server offers; begin it with longhand serve --data ${path}`);
}
