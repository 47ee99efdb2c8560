/** Work it out: the examples, step by step, with the network, the note's figures and a worksheet. */
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { followPosition, isOnDigit, moveTo, position } from '../../working/choice';
import { followPractice } from '../../working/practice';
import { ChoicePanel } from './choice-panel';
import { DiagramPanel } from './diagram-panel';
import { SlipsPanel } from './slips-panel';
import { StepPanel } from './step-panel';
import { StepsPanel } from './steps-panel';
import { Worksheet } from './worksheet';
import './work-view.css';

export default function WorkView() {
  useEffect(followPosition, []);
  // Before anyone can answer: it begins anew.
  useLayoutEffect(followPractice, []);
  useArrowKeys();
  return (
    <>
      <div class="work-view">
        <ChoicePanel />
        <div class="work-left">
          <StepPanel />
          {isOnDigit.value ? null : <DiagramPanel />}
        </div>
        <StepsPanel />
        <SlipsPanel />
      </div>
      <Worksheet />
    </>
  );
}

/** The arrow keys to the left and right go back and forward, but in fields, where they have a meaning already. */
function useArrowKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, target, altKey, ctrlKey, metaKey } = event;
      const isField = target instanceof Element && target.matches('input, select, textarea, nav *');
      if (isField || altKey || ctrlKey || metaKey) return;
      if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
      event.preventDefault();
      moveTo(Math.max(position.value + (key === 'ArrowLeft' ? -1 : 1), 0));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
