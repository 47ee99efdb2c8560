/** Which example is worked out, with which choices, and how far: all of it stands in the address. */
import {
  type Derivation,
  type DerivationStep,
  derivationSections,
  type ExampleOptions,
  examples,
  idNamed,
  type WorkedExample,
} from '@longhand/worked-examples';
import { computed, effect, signal } from '@preact/signals';
import { changeSettings, setting, whenFollowed } from '../address';
import { digitDerivation, digitExample, isDigitExample } from './digit-example';

const first = examples[0] as WorkedExample;

/** The hand example; undefined where a number of a step on a digit is asked for. */
const example = computed((): WorkedExample | undefined => {
  const wanted = setting('example', '');
  return isDigitExample(wanted) ? undefined : (examples.find(({ name }) => name === wanted) ?? first);
});

/** Whether a number of a step on a digit is asked for. */
export const isOnDigit = computed(() => example.value === undefined);

/** All examples, by name. */
export const everyExample = computed((): readonly Pick<WorkedExample, 'name' | 'title'>[] => [
  ...examples,
  digitExample.value,
]);

/** What can be chosen, by its name in the address, with the choice of the example's source. */
export interface Toggle {
  readonly name: 'order' | 'digits' | 'convolution' | 'variant';
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
  readonly own: string;
}

const orders = [
  { value: 'standard', title: 'all after the gradients' },
  { value: 'update-then-propagate', title: 'layer by layer' },
];
const digitCounts = [
  { value: '3', title: 'three decimals' },
  { value: 'exact', title: 'not rounded, six shown' },
];
const convolutions = [
  { value: 'cross-correlation', title: 'cross-correlation' },
  { value: 'true-convolution', title: 'true convolution' },
];

/** The toggles that the example has; an order only where weights are changed. */
export const toggles = computed<readonly Toggle[]>(() => {
  if (example.value === undefined) return [];
  const { ownOrder, ownDigits, ownConvolution, variants } = example.value;
  const updates = example.value.derive().steps.some(({ stage }) => stage === 'update');
  return [
    ...(updates ? [{ name: 'order' as const, label: 'Weights change', options: orders, own: ownOrder as string }] : []),
    { name: 'digits', label: 'Digits', options: digitCounts, own: String(ownDigits) },
    ...(ownConvolution === undefined
      ? []
      : [
          {
            name: 'convolution' as const,
            label: 'Kernels',
            options: convolutions,
            own: ownConvolution as string,
          },
        ]),
    ...(variants === undefined
      ? []
      : [
          {
            name: 'variant' as const,
            label: 'Variant',
            options: variants.map((value) => ({ value, title: value })),
            own: variants[0] ?? '',
          },
        ]),
  ];
});

/** What is chosen of a toggle. */
export function chosen({ name, options, own }: Toggle): string {
  const value = setting(name, own);
  return options.some((option) => option.value === value) ? value : own;
}

/** The choices made, as a text: it stays the same where something else in the address changes, and so does what is derived. */
const choices = computed(() =>
  new URLSearchParams(toggles.value.map((toggle) => [toggle.name, chosen(toggle)])).toString(),
);

/** The derivation with the choices made. */
export const derivation = computed<Derivation>(() => {
  if (example.value === undefined) return digitDerivation.value;
  const made = Object.fromEntries(new URLSearchParams(choices.value));
  const digits = made.digits === '3' ? 3 : 'exact';
  return example.value.derive({ ...made, digits } as ExampleOptions);
});

/** The parts of the derivation after what is given, and that. */
export const sections = computed(() => derivationSections(derivation.value));

/** The steps that are played, in order: all that are not given. */
export const played = computed<readonly DerivationStep[]>(() =>
  derivation.value.steps.filter(({ stage }) => stage !== 'given'),
);

/** The name of the present quantity, in any spelling that is printed; empty before the first. It outlives other choices, since they have the same quantities. */
const present = signal(setting('quantity', ''));
whenFollowed(() => {
  present.value = setting('quantity', '');
});

/** How many steps are done: 0 with what is given alone. */
export const position = computed(() => {
  const named = idNamed(derivation.value, present.value);
  return played.value.findIndex(({ id }) => id === named) + 1;
});

/** The present step; undefined before the first. */
export const presentStep = computed<DerivationStep | undefined>(() => played.value[position.value - 1]);

/** The ids of all quantities that are known by now. */
export const reached = computed<ReadonlySet<string>>(() => {
  const given = derivation.value.steps.filter(({ stage }) => stage === 'given');
  return new Set([...given, ...played.value.slice(0, position.value)].map(({ id }) => id));
});

/** Moves to a step by how many are done then; outside of the derivation to its end. */
export function moveTo(steps: number): void {
  present.value = played.value[Math.min(steps, played.value.length) - 1]?.id ?? '';
}

/** Moves to the step of a quantity. */
export function moveToQuantity(id: string): void {
  if (played.value.some((step) => step.id === id)) present.value = id;
}

/** Takes another example, from its beginning. */
export function chooseExample(name: string): void {
  const all = { order: undefined, digits: undefined, convolution: undefined, variant: undefined };
  changeSettings({ ...all, example: name === first.name ? undefined : name });
  present.value = '';
}

/** Makes a choice. */
export function choose({ name, own }: Toggle, value: string): void {
  changeSettings({ [name]: value === own ? undefined : value });
}

/** Keeps the address at the present step, once it stays for a moment: browsers refuse to change it all the time. */
export function followPosition(): () => void {
  return effect(() => {
    const id = present.value;
    const timer = setTimeout(() => changeSettings({ quantity: id === '' ? undefined : id }), 400);
    return () => clearTimeout(timer);
  });
}
