/** The settings of a run for its report: what was used, with the values that were chosen for the user, and what was not. */
import { settingName, settingNumber } from '../command/setting-text';
import type { TrainSettings } from './train-settings';
import { optimizerOf, scheduleOf } from './training-parts';

export interface ReportedSettings {
  readonly configuration: readonly (readonly [label: string, value: string])[];
  /** The names of those that are zero, or off. */
  readonly unused: readonly string[];
}

/** @param images how many each epoch has */
export function reportedSettings(settings: TrainSettings, images: number): ReportedSettings {
  const { kind: _, ...rule } = optimizerOf(settings).description;
  const entries: (readonly [key: string, value: unknown])[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (!(key in rule)) entries.push([key, value]);
    // What the optimizer works with stands behind its name, whether it was typed or not.
    if (key === 'optimizer') entries.push(...Object.entries(rule));
  }
  const configuration: [label: string, value: string][] = [];
  const unused: string[] = [];
  for (const [key, value] of entries) {
    const name = settingName(key);
    if (key === 'schedule') configuration.push([name, scheduleText(settings, images)]);
    else if ((value === 0 && key !== 'seed') || value === false) unused.push(name);
    else configuration.push([name, valueText(key, value)]);
  }
  return { configuration, unused };
}

/** The schedule with its factors; how long it is warmed up is a setting of its own. */
function scheduleText(settings: TrainSettings, images: number): string {
  const { kind, ...factors } = scheduleOf({ ...settings, warmUp: 0 }, images).description;
  const parts = Object.entries(factors).map(([key, value]) => `${settingName(key)} ${valueText(key, value)}`);
  return parts.length === 0 ? kind : `${kind} (${parts.join(', ')})`;
}

function valueText(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? settingNumber(key, value) : String(value);
}
