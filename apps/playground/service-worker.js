/**
 * What keeps the page usable without a network: the build puts `version` and `files` before this. Files whose names change with their
 * content, and digits, come from the cache; everything else from the network, or from the cache where there is none.
 *
 * It also adds the two headers by which workers may share memory, for hosts that cannot send them: from its second load on, the page
 * trains on all cores there too.
 */
/* global version, files */
const current = `page-${version}`;
/** Digits stay when the page changes. */
const digits = 'digits';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(current)
      .then((cache) => cache.addAll(files))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((name) => name.startsWith('page-') && name !== current);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  event.respondWith(respond(request, pathname.slice(new URL(self.registration.scope).pathname.length)));
});

async function respond(request, path) {
  const keeps = path.startsWith('mnist/') ? digits : path.startsWith('assets/') ? current : undefined;
  if (keeps === undefined) return isolated(await fresh(request, path));
  const cache = await caches.open(keeps);
  const kept = await cache.match(request);
  if (kept !== undefined) return isolated(kept);
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return isolated(response);
}

async function fresh(request, path) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(path === '' ? 'index.html' : request, { ignoreSearch: true });
    if (kept !== undefined) return kept;
    throw error;
  }
}

function isolated(response) {
  if (response.status === 0 || Object.keys(isolation).every((name) => response.headers.has(name))) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
