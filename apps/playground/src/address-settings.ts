/**
 * Which settings an address of each view has, and by which names. What a link is of is always its `quantity`; inside the page the
 * number whose gradient is asked for (`number`) and the step that is shown of its derivation (`quantity`) are two.
 */

export type Settings = Readonly<Record<string, string>>;

/** The examples on a digit as the command line spells them: that of the notes' names, and that of any network's. */
export const digitExampleNames = ['lenet-step', 'network-step'] as const;

/** What stays as it is where an address does not have it: nobody loses a drawing or a model by going back. */
const kept: readonly string[] = ['picture', 'run', 'weights'];
const ofDerivations: readonly string[] = ['number', 'label', 'mode', ...kept];
const ofExamples: readonly string[] = ['example', 'order', 'digits', 'convolution', 'variant', 'quantity'];
/** The data that all views read. */
const ofAll: readonly string[] = ['data'];

/** Whether a view with these settings is of numbers of a step on a digit. */
function isOnDigit(view: string, { example = '' }: Settings): boolean {
  return view === 'work' ? digitExampleNames.some((name) => name === example) : ['draw', 'backwards'].includes(view);
}

/** Whether an address of the view has the setting. Those of a run, in any number, belong to the first view. */
function belongs(name: string, view: string, settings: Settings): boolean {
  if (ofAll.includes(name)) return true;
  if (ofDerivations.includes(name)) return isOnDigit(view, settings);
  if (ofExamples.includes(name)) return view === 'work';
  return !['draw', 'backwards', 'work'].includes(view);
}

/**
 * The settings of an address. Old links have both names as the page has them.
 *
 * @example settingsOfAddress('backwards', { quantity: 'k2.5.3.1.2' }) // { number: 'k2.5.3.1.2' }
 */
export function settingsOfAddress(view: string, written: Settings): Settings {
  if (!isOnDigit(view, written)) return written;
  const { quantity, step, ...others } = written;
  const withStep = (name: string | undefined): Settings => (name === undefined ? {} : { quantity: name });
  if (written.number !== undefined) return { ...others, ...withStep(step ?? quantity) };
  if (quantity === undefined) return { ...others, ...withStep(step) };
  // An old link to a gradient's step of the number that is asked for where none is.
  const isGradient = quantity.startsWith('dL/d');
  return { ...others, number: quantity.replace('dL/d', ''), ...withStep(isGradient ? quantity : step) };
}

/**
 * What the address of a view has of all settings.
 *
 * @example addressSettings('backwards', { number: 'k2.5.3.1.2', epochs: '3' }) // { quantity: 'k2.5.3.1.2' }
 */
export function addressSettings(view: string, settings: Settings): Settings {
  const own = Object.entries(settings).filter(([name]) => belongs(name, view, settings));
  if (!isOnDigit(view, settings)) return Object.fromEntries(own);
  const names: Settings = { number: 'quantity', quantity: 'step' };
  return Object.fromEntries(own.map(([name, value]) => [names[name] ?? name, value]));
}

/** All settings once an address is followed: those of its view are the address's, and those of the others stay. */
export function followedSettings(view: string, before: Settings, written: Settings): Settings {
  const now = settingsOfAddress(view, written);
  const stay = Object.entries(before).filter(([name]) => kept.includes(name) || !belongs(name, view, now));
  return { ...Object.fromEntries(stay), ...now };
}
