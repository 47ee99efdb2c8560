/**
 * Static files for a browser on this machine, as a plain host sends them: `folder/` is its index.html, and a file that ends in `.gz` is
 * sent as it is. Only files that are in the folder have an address.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, relative } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.gz': 'application/gzip',
};

/**
 * A server of a folder, which does not listen yet.
 *
 * @param {string} folder
 * @param {string} base the path of its root: `/`, or `/longhand/`
 */
export function siteServer(folder, base) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = new Set(
    files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/')),
  );
  return createServer(({ method = '', url = '' }, response) => {
    const send = (status, path) => {
      response.writeHead(status, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' });
      response.end(method === 'HEAD' ? undefined : readFileSync(join(folder, path)));
    };
    if (method !== 'GET' && method !== 'HEAD') return response.writeHead(405).end();
    const path = pathOf(url, base);
    if (paths.has(path)) return send(200, path);
    if (existsSync(join(folder, '404.html'))) return send(404, '404.html');
    response.writeHead(404).end();
  });
}

/** The file of an address, `''` for none: `start.html` of `/longhand/start.html?print`. */
function pathOf(url, base) {
  try {
    const { pathname } = new URL(url, 'http://127.0.0.1');
    const path = decodeURIComponent(pathname);
    if (!path.startsWith(base)) return '';
    return path.slice(base.length).replace(/(^|\/)$/, '$1index.html');
  } catch {
    return '';
  }
}
