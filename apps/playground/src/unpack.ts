/** Compressed files of the server, unpacked by a worker that lives while there are any. */
import { keepsDigits, pendUntil } from './offline';
import type { UnpackAnswer, UnpackRequest } from './unpack-worker';

let worker: Worker | undefined;
let underWay = 0;

/**
 * The bytes of a compressed file; in shared memory where there is any.
 *
 * @param path the address of the file beside the page
 * @throws Error of one line when the server has no such file, or it cannot be unpacked
 */
export function fetchUnpacked(path: string, options: { readonly keeps: boolean }): Promise<Uint8Array<ArrayBuffer>> {
  const request: UnpackRequest = {
    url: new URL(path, document.baseURI).href,
    path,
    keeps: options.keeps && keepsDigits(),
  };
  const { port1, port2 } = new MessageChannel();
  worker ??= new Worker(new URL('./unpack-worker.ts', import.meta.url));
  const used = worker;
  underWay++;
  return new Promise((resolve, reject) => {
    const done = new Promise<void>((resolveDone) => {
      const end = (): void => {
        port1.close();
        used.removeEventListener('error', fail);
        resolveDone();
        if (--underWay > 0) return;
        used.terminate();
        worker = undefined;
      };
      const fail = (event: Event): void => {
        event.preventDefault();
        reject(new Error(`${path}: expected the worker that unpacks it, got none; load the page again`));
        end();
      };
      used.addEventListener('error', fail);
      port1.onmessage = ({ data }: MessageEvent<UnpackAnswer>) => {
        if ('bytes' in data) resolve(data.bytes);
        else if ('failure' in data) reject(new Error(data.failure));
        else end();
      };
    });
    if (request.keeps) pendUntil(done);
    used.postMessage(request, [port2]);
  });
}
