/** Where the page begins. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import { render } from 'preact';
import { address, setting, watchAddress } from './address';
import { followModel, loadModel } from './models/model-address';
import { keepPage } from './offline';
import { reportFailure, wantDigits } from './session';
import { Shell } from './shell';
import { pageEngine } from './training/engine';
import { viewOf } from './views/registry';
import 'virtual:tokens.css';
import './ui/base.css';

const page = document.getElementById('page');
if (page === null) throw new Error('page: expected an element of this id');
watchAddress();
followModel();
render(<Shell />, page);

// The digits come last: there should be something to see by then.
Promise.all([loadModel(), viewOf(address.value.view).load()])
  .catch(reportFailure)
  // Whoever wants to train finds them there already.
  .then(() => wantDigits(setting('data', '')))
  // So do their workers, and the kernels that this thread prepares a run with.
  .then(() => pageEngine().warmUp())
  .catch(reportFailure)
  .finally(keepPage);
