/** Where the page begins. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { render } from 'preact';
import { setting, watchAddress } from './address';
import { keepPage } from './offline';
import { loadFirstModel, reportFailure, wantDigits } from './session';
import { Shell } from './shell';
import { pageEngine } from './training/engine';
import 'virtual:tokens.css';
import './ui/base.css';

const page = document.getElementById('page');
if (page === null) throw new Error('page: expected an element of this id');
watchAddress();
render(<Shell />, page);

loadFirstModel().catch(reportFailure);
// Whoever wants to train finds the digits there already.
wantDigits(setting('data', ''))
  // So do their workers.
  .then(() => pageEngine().warmUp())
  .catch(reportFailure)
  .finally(keepPage);
