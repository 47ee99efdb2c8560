/**
 * The address of what is shown: `#train?network=lenet5&seed=3`. It can be bookmarked and sent; reading and writing it goes through
 * here alone.
 */
import { computed, signal } from '@preact/signals';

export interface Address {
  /** The name of a view; empty for the first. */
  readonly view: string;
  /** The settings of all views by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** @example parseAddress('#train?seed=3') // { view: 'train', settings: { seed: '3' } } */
export function parseAddress(hash: string): Address {
  const [view = '', query = ''] = hash.replace(/^#/, '').split('?');
  return { view, settings: Object.fromEntries(new URLSearchParams(query)) };
}

/** @example formatAddress({ view: 'train', settings: { seed: '3' } }) // '#train?seed=3' */
export function formatAddress({ view, settings }: Address): string {
  const query = new URLSearchParams(settings).toString();
  return `#${view}${query === '' ? '' : `?${query}`}`;
}

const current = signal<Address>(parseAddress(globalThis.location?.hash ?? ''));

/** The address now. */
export const address = computed(() => current.value);

/** Follows the back button and typed addresses. */
export function watchAddress(): void {
  addEventListener('hashchange', () => {
    current.value = parseAddress(location.hash);
  });
}

/** The address of another view with the settings as they are. */
export function addressOf(view: string): string {
  return formatAddress({ view, settings: current.value.settings });
}

/** The settings of the address, those of all views. */
export function settings(): Address['settings'] {
  return current.value.settings;
}

/** A setting of the address, or `fallback` where it has none. */
export function setting(name: string, fallback: string): string {
  return current.value.settings[name] ?? fallback;
}

/**
 * Changes settings in the address; undefined removes one. The history of the browser gets no entry: the back button leads to the
 * view before, not to the number typed before.
 */
export function changeSettings(changes: Readonly<Record<string, string | undefined>>): void {
  const { view, settings } = current.value;
  const changed = Object.entries({ ...settings, ...changes }).filter(([, value]) => value !== undefined);
  current.value = { view, settings: Object.fromEntries(changed) as Record<string, string> };
  history.replaceState(null, '', formatAddress(current.value));
}
