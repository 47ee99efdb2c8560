/** The arithmetic of the focused number: its formula, general where it is a long sum, the numbers in it, its value; a sum of products as windows beside their weights. */
import { type DerivationStep, latexValue, shortenedSum, valueText } from '@longhand/worked-examples';
import { useSignal } from '@preact/signals';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { Formula } from '../ui/formula';
import { Panel } from '../ui/panel';
import { type CellArithmetic, cellArithmetic } from './cell-arithmetic';
import { focus, focusedLayer, focusedName, focusOn } from './focus';
import { cellWords } from './map-layers';
import { presentLayers, presentStep } from './present-step';
import { ProductWindows } from './product-windows';

export function CellPanel() {
  const [step, name, layer, now] = [presentStep.value, focusedName.value, focusedLayer.value, focus.value];
  if (step === undefined || name === undefined || layer === undefined || now === undefined) {
    return (
      <Panel title="One number">
        <p class="note">
          {step === undefined ? 'Draw a digit, then click' : 'Click'} any number above, or move to it with Tab and the
          arrow keys: what it is computed from lights up, back to the pixels, and its arithmetic appears here.
        </p>
        {step === undefined ? null : <NameField value="" />}
      </Panel>
    );
  }
  const shown = new Set(presentLayers.value.map(({ stem }) => stem));
  const arithmetic = cellArithmetic(step, name, shown);
  return (
    <Panel title={cellWords(layer, now.cell)} note={valueText(arithmetic.steps[0].value)} class="cell-panel">
      <NameField value={name} />
      <Arithmetic arithmetic={arithmetic} />
      <div class="buttons">
        <Button
          onClick={() => {
            focus.value = undefined;
          }}
        >
          Look at all
        </Button>
      </div>
    </Panel>
  );
}

/** A finger meets no number of a small map; its name does. */
function NameField({ value }: { readonly value: string }) {
  const refusal = useSignal<string | undefined>(undefined);
  return (
    <div class="fields ask">
      <TextField
        label={value === '' ? 'A number, by its name' : 'Another number, by its name'}
        inputMode="text"
        value={value}
        refusal={refusal.value}
        onChange={(typed) => {
          refusal.value = focusOn(typed);
        }}
      />
    </div>
  );
}

export function Arithmetic({ arithmetic }: { readonly arithmetic: CellArithmetic }) {
  const { steps, products } = arithmetic;
  return (
    <>
      <ol class="arithmetic">
        {steps.map((part) => (
          <li key={part.id}>
            <StepFormula step={part} />
          </li>
        ))}
      </ol>
      {products === undefined ? null : <ProductWindows products={products} />}
    </>
  );
}

/** The general form of a long sum, then formula, numbers and value: the sum by its first terms, since all its numbers stand below. */
export function StepFormula({ step }: { readonly step: DerivationStep }) {
  const { symbol, summation, formula, substitution, shown, remark } = step;
  const value = latexValue(shown);
  if (formula === undefined || substitution === undefined) {
    return (
      <>
        <Formula parts={[symbol.latex, value]} />
        {remark === undefined ? null : <span class="note"> {remark}</span>}
      </>
    );
  }
  return (
    <>
      {summation === undefined ? null : <Formula parts={[symbol.latex, summation.latex]} />}
      <Formula parts={[summation === undefined ? symbol.latex : '', shortenedSum(formula).latex]} />
      <Formula parts={['', shortenedSum(substitution).latex]} />
      <Formula parts={['', value]} />
    </>
  );
}
