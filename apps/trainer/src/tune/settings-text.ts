/** Configurations in words. */
import type { Configuration } from './search-space';

/** `learning-rate 0.0123, schedule cosine`; of the settings as they were given, that. */
export function settingsText(configuration: Configuration): string {
  const entries = Object.entries(configuration);
  return entries.length === 0 ? 'as given' : entries.map(([name, value]) => `${name} ${value}`).join(', ');
}
