/** The page without a network: a service worker keeps its files, and the digits are kept beside them. */
import { signal } from '@preact/signals';

/** Whether everything is kept that the page needs without a network. */
export const isKept = signal(false);

/** What is under way that has to be kept. */
const pending = new Set<Promise<unknown>>();

/** Registers the service worker, where the browser has any and the page comes from a server. */
export async function keepPage(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI));
    await navigator.serviceWorker.ready;
    while (pending.size > 0) await Promise.all(pending);
    isKept.value = true;
  } catch {
    // Private windows refuse it: the page works, with a network.
  }
}

/** Whether the page keeps the digits itself: the service worker that will do so has not begun yet. */
export function keepsDigits(): boolean {
  return 'caches' in globalThis && !navigator.serviceWorker?.controller;
}

/** The page is not kept before this has ended. */
export function pendUntil(kept: Promise<void>): void {
  pending.add(kept);
  void kept.finally(() => pending.delete(kept));
}
