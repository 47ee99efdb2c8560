/** What a server sends for a path: bytes with their type, made when they are first asked for. */
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export interface Resource {
  readonly type: string;
  /** Whether the path changes with the content, so that browsers may keep it. Default: they ask each time. */
  readonly isImmutable?: boolean;
  /** @throws Error when it can no longer be read */
  readonly bytes: () => Promise<Uint8Array>;
}

/** The media types of what a page is made of, by the ending of its name. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.gz': 'application/gzip',
};

/** @example typeOf('worker.js') // 'text/javascript; charset=utf-8' */
export function typeOf(name: string): string {
  return types[extname(name)] ?? 'application/octet-stream';
}

/** Plain data as a resource. */
export function jsonResource(value: () => unknown): Resource {
  return { type: typeOf('a.json'), bytes: async () => new TextEncoder().encode(JSON.stringify(value())) };
}

/** The same bytes each time, made once. What failed is made again. */
export function once(make: () => Promise<Uint8Array>): () => Promise<Uint8Array> {
  let made: Promise<Uint8Array> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

const intoGzip = promisify(gzip);
const intoBrotli = promisify(brotliCompress);

/** Bytes as a file that ends in `.gz`. Other threads compress; level 1 takes a third of the time for a fifth more bytes. */
export function compressed(bytes: () => Uint8Array): () => Promise<Uint8Array> {
  return once(() => intoGzip(bytes(), { level: 1 }));
}

/** What was compressed of resources that do not change. */
const kept = new WeakMap<Resource, Promise<Uint8Array>>();

/** Compresses what will be asked for and does not change, as well as it can be: that takes half a second for the largest. */
export function compressAhead(resources: Iterable<Resource>): void {
  for (const resource of resources) {
    if (resource.isImmutable && isCompressible(resource)) void smallest(resource).catch(() => {});
  }
}

function smallest(resource: Resource): Promise<Uint8Array> {
  const made =
    kept.get(resource) ??
    resource.bytes().then((bytes) =>
      intoBrotli(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }),
    );
  kept.set(resource, made);
  return made;
}

/** Text; and the weights that come with the page, which lose an eighth. Other bytes are not worth the time. */
function isCompressible({ type, isImmutable = false }: Resource): boolean {
  return /^(text|application\/json|image\/svg)/.test(type) || (isImmutable && type === 'application/octet-stream');
}

/**
 * The content of a response in one of the encodings that a browser accepts.
 *
 * @param accepted the request's `Accept-Encoding`
 */
export async function encoded(
  resource: Resource,
  accepted: string,
): Promise<{ readonly encoding?: 'br' | 'gzip'; readonly content: Uint8Array }> {
  const content = await resource.bytes();
  if (!isCompressible(resource) || content.length < 1000) return { content };
  if (/\bbr\b/.test(accepted)) {
    if (resource.isImmutable) return { encoding: 'br', content: await smallest(resource) };
    return { encoding: 'br', content: await intoBrotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) };
  }
  return /\bgzip\b/.test(accepted) ? { encoding: 'gzip', content: await intoGzip(content) } : { content };
}
