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

/** Keeps a response of the digits, if the service worker that will do so has not begun yet. */
export function keepDigits(url: URL, response: Response): void {
  if (!('caches' in globalThis) || navigator.serviceWorker?.controller) return;
  const copy = response.clone();
  const kept = caches
    .open('digits')
    .then((cache) => cache.put(url, copy))
    // Without room it is fetched again.
    .catch(() => {})
    .finally(() => pending.delete(kept));
  pending.add(kept);
}
