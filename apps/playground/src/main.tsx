/** Where the page begins. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { render } from 'preact';
import { watchAddress } from './address';
import { loadFailure, loadFirstModel, wantDigits } from './session';
import { Shell } from './shell';
import './ui/tokens.css';
import './ui/base.css';

const page = document.getElementById('page');
if (page === null) throw new Error('page: expected an element of this id');
watchAddress();
render(<Shell />, page);

const failed = (error: unknown): void => {
  loadFailure.value = error instanceof Error ? error.message : String(error);
};
loadFirstModel().catch(failed);
// Whoever wants to train finds the digits there already.
wantDigits().catch(failed);
