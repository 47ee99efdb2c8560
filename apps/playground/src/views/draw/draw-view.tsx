/** Draw: a digit is drawn or photographed, and the whole network is seen reading it, number by number. */
import { useEffect } from 'preact/hooks';
import { CellPanel } from '../../inside/cell-panel';
import { followDerivation } from '../../inside/derivation-address';
import { NetworkMaps } from '../../inside/network-maps';
import { Panel } from '../../ui/panel';
import { AnswerPanel } from './answer-panel';
import { PaperPanel, usePictures } from './paper-panel';
import { StagesPanel } from './stages-panel';
import { TeachPanel } from './teach-panel';
import './draw-view.css';

export default function DrawView() {
  usePictures();
  useEffect(followDerivation, []);
  return (
    <div class="draw-view">
      <PaperPanel />
      <AnswerPanel />
      <div class="draw-right">
        <StagesPanel />
        <TeachPanel />
      </div>
      <Panel title="The network as it reads" note="positive blue, negative orange; click any number" class="whole-row">
        <NetworkMaps />
      </Panel>
      <div class="whole-row">
        <CellPanel />
      </div>
    </div>
  );
}
