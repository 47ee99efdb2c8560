/** The view that trains: settings at one side, the run and what it learns at the other. */
import { CurvePanels } from './curve-panels';
import { KernelsPanel } from './kernels-panel';
import { NetworkPanel } from './network-panel';
import { RunPanel } from './run-panel';
import { SettingsPanel } from './settings-panel';
import { TestPanels } from './test-panels';
import './train-view.css';

export default function TrainView() {
  return (
    <div class="train-view">
      <div class="train-run">
        <RunPanel />
        <CurvePanels />
      </div>
      <div class="train-settings">
        <NetworkPanel />
        <SettingsPanel />
      </div>
      <div class="train-results">
        <KernelsPanel />
        <TestPanels />
      </div>
    </div>
  );
}
