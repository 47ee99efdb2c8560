/** Backwards: the gradients of the loss of the drawn digit and any label, and the derivation of each beside its central difference. */
import { useEffect } from 'preact/hooks';
import { chosen } from '../../drawing/reading';
import { followDerivation } from '../../inside/derivation-address';
import { Panel } from '../../ui/panel';
import { PaperPanel, usePictures } from '../draw/paper-panel';
import { DerivationPanel } from './derivation-panel';
import { MapGradients, WeightGradients } from './gradient-panels';
import { LabelPanel, OcclusionPanel } from './label-panel';
import '../../inside/inside.css';
import '../draw/draw-view.css';
import './backwards-view.css';

export default function BackwardsView() {
  usePictures();
  useEffect(followDerivation, []);
  const isDrawn = chosen.value !== undefined;
  return (
    <div class="backwards-view">
      <PaperPanel />
      <LabelPanel />
      <OcclusionPanel />
      {isDrawn ? (
        <>
          <DerivationPanel />
          <WeightGradients />
          <MapGradients />
        </>
      ) : (
        <Panel title="Every gradient" class="whole-row">
          <p class="note">
            Draw a digit, or take a test digit: the gradient of the loss by every weight and by every entry of every map
            appears here, and the derivation of each beside its central difference.
          </p>
        </Panel>
      )}
    </div>
  );
}
