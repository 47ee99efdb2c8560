/** The derivative of the loss by one number: its sum, term by term, beside its central difference. */
import {
  type ComputedStep,
  type DerivationStep,
  entryNamed,
  type NetworkStep,
  valueText,
} from '@longhand/worked-examples';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { asked, askedName } from '../../inside/asked';
import { productSum } from '../../inside/cell-arithmetic';
import { StepFormula } from '../../inside/cell-panel';
import { askedDifference, followDifference } from '../../inside/difference';
import { stemTitle } from '../../inside/map-layers';
import { presentStep } from '../../inside/present-step';
import { ProductWindows } from '../../inside/product-windows';
import { linkSentence } from '../../models/model-address';
import { presentModel } from '../../session';
import { TextField } from '../../ui/field';
import { Figures } from '../../ui/figures';
import { Formula } from '../../ui/formula';
import { Notice } from '../../ui/notice';
import { Panel } from '../../ui/panel';
import { differenceText, originsTitle } from './gradient-words';

export function DerivationPanel() {
  const [step, name] = [presentStep.value, askedName.value];
  const refusal = useSignal<string | undefined>(undefined);
  useEffect(followDifference, []);
  if (step === undefined || name === undefined) return null;
  const gradient = step.stepOf(`dL/d${name}`, { numerical: false });
  return (
    <Panel title={`The derivative of the loss by ${name}`} note={wordsOf(step, name)} class="whole-row derivation">
      <div class="fields ask">
        <TextField
          label="Another number, by its name"
          inputMode="text"
          value={name}
          refusal={refusal.value}
          onChange={(typed) => {
            refusal.value = refusalOf(step, typed);
            if (refusal.value === undefined) asked.value = typed;
          }}
        />
      </div>
      <p class="note">Or click any number in the maps below. {linkSentence(presentModel.value)}</p>
      <Verdict gradient={gradient} value={step.stepOf(name).value} />
      <StepFormula step={gradient} />
      {gradient.formula === undefined ? null : <Terms step={step} gradient={gradient} />}
    </Panel>
  );
}

/** `k², map 5, input map 3, row 1, column 2` */
function wordsOf(step: NetworkStep, name: string): string {
  const { family, index } = entryNamed(step.families, name);
  const indices = family.indicesOf(index);
  return [
    stemTitle(family.stem),
    ...family.axes.map(({ name: axis, from }, at) => `${axis} ${indices[at] + from}`),
  ].join(', ');
}

function refusalOf(step: NetworkStep, typed: string): string | undefined {
  try {
    const { id, family } = entryNamed(step.families, typed);
    return step.gradientsOf(family) === undefined
      ? `Expected a number that the loss is derived by, got ${id}.`
      : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The derived value beside the numerical one, which comes a moment later. */
function Verdict({ gradient, value }: { readonly gradient: DerivationStep; readonly value: number }) {
  const difference = gradient.formula === undefined ? {} : askedDifference.value;
  const { centralDifference, oneSided } = difference ?? {};
  return (
    <>
      <Figures
        entries={[
          ['the number itself', valueText(value)],
          ['derived', valueText(gradient.value)],
          ...(difference === undefined
            ? ([
                ['central difference', '…'],
                ['they differ by', '…'],
              ] as const)
            : centralDifference === undefined
              ? []
              : ([
                  ['central difference', valueText(centralDifference)],
                  ['they differ by', differenceText(centralDifference, gradient.value)],
                ] as const)),
        ]}
      />
      {oneSided === undefined ? null : (
        <Notice kind="hint">
          {`The loss has a kink here, with the one-sided differences ${valueText(oneSided.left)} and ${valueText(oneSided.right)}: entries tie for a maximum, or the input of a ReLU is zero. The gradient is that of the first entry.`}
        </Notice>
      )}
    </>
  );
}

function Terms({ step, gradient }: { readonly step: NetworkStep; readonly gradient: ComputedStep }) {
  const products = productSum(step, gradient);
  return (
    <>
      {products === undefined ? null : <ProductWindows products={products} names={['values', 'gradients']} />}
      <Origins step={step} gradient={gradient} />
    </>
  );
}

/** Where the factors came from: of each kind the one in the largest term, to go on with. */
function Origins({ step, gradient }: { readonly step: NetworkStep; readonly gradient: ComputedStep }) {
  const terms = [...(gradient.terms ?? [])].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const firsts = new Map<string, string>();
  for (const { factors } of terms) {
    for (const { id } of factors) {
      const kind = id.replace(/[\d.]+$/, '');
      if (!firsts.has(kind)) firsts.set(kind, id);
    }
  }
  const origins = [...firsts.values()]
    .map((id) => step.stepOf(id, { numerical: false }))
    .filter(({ formula }) => formula !== undefined);
  if (origins.length === 0) return null;
  return (
    <section class="origins">
      <h3>{originsTitle(terms)}</h3>
      <ul>
        {origins.map((origin) => (
          <li key={origin.id}>
            <StepFormula step={origin} />
            {origin.id.startsWith('dL/d') ? (
              <button
                type="button"
                class="link"
                onClick={() => {
                  asked.value = origin.id.slice('dL/d'.length);
                }}
              >
                follow it: <Formula parts={[origin.symbol.latex]} />
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
