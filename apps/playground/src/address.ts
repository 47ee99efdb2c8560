/**
 * The address of what is shown: `#train?network=lenet5&seed=3`. It can be bookmarked and sent; reading and writing it goes through
 * here alone.
 */
import { computed, signal } from '@preact/signals';
import { addressSettings, followedSettings, type Settings, settingsOfAddress } from './address-settings';

export interface Address {
  /** The name of a view; empty for the first. */
  readonly view: string;
  /** Settings by name. */
  readonly settings: Settings;
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

const first = parseAddress(globalThis.location?.hash ?? '');

/** The view with the settings of all views: what an address does not have of the others comes back with them. */
const current = signal<Address>({ ...first, settings: settingsOfAddress(first.view, first.settings) });

/** The address now. */
export const address = computed(() => current.value);

const followers: (() => void)[] = [];

/** Calls back whenever an address was typed, or the back button pressed: what began with a setting takes it again. */
export function whenFollowed(follow: () => void): void {
  followers.push(follow);
}

/** Follows the back button and typed addresses. */
export function watchAddress(): void {
  addEventListener('hashchange', () => {
    const { view, settings } = parseAddress(location.hash);
    current.value = { view, settings: followedSettings(view, current.value.settings, settings) };
    for (const follow of followers) follow();
  });
}

/** The address of another view, with the settings that it has. */
export function addressOf(view: string): string {
  return formatAddress({ view, settings: addressSettings(view, current.value.settings) });
}

/** Shows another view, as everything is now: the address may be a moment behind. The back button leads back. */
export function showView(view: string): void {
  history.pushState(null, '', addressOf(view));
  current.value = { ...current.value, view };
}

/** The settings of all views. */
export function settings(): Settings {
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
  history.replaceState(null, '', addressOf(view));
}
