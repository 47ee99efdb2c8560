/**
 * Fetches compressed files and unpacks them, apart from the page: a browser inflates where the stream is read, and 47 MB of digits would
 * hold up every frame of a second.
 */

/** What the page asks for; the answers go to the port that comes with it. */
export interface UnpackRequest {
  readonly url: string;
  /** The name of the file, for messages. */
  readonly path: string;
  /** Whether the compressed response is kept for when there is no network. */
  readonly keeps: boolean;
}

/** The bytes or why there are none; then that the response was kept, or could not be. */
export type UnpackAnswer =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly failure: string }
  | { readonly isDone: true };

globalThis.onmessage = ({ data, ports: [port] }: MessageEvent<UnpackRequest>) => {
  answer(data, port);
};

async function answer(request: UnpackRequest, port: MessagePort): Promise<void> {
  const send = (message: UnpackAnswer, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  let kept: Promise<void> | undefined;
  try {
    const response = await fetch(request.url);
    if (!response.ok || response.body === null) {
      const { status } = response;
      throw new Error(`${request.path}: expected images from the server, got status ${status}; load the page again`);
    }
    if (request.keeps) kept = keep(request.url, response.clone());
    const bytes = await unpacked(response.body);
    send({ bytes }, crossOriginIsolated ? [] : [bytes.buffer]);
  } catch (error) {
    send({ failure: error instanceof Error ? error.message : String(error) });
  }
  await kept;
  send({ isDone: true });
}

async function keep(url: string, response: Response): Promise<void> {
  try {
    const cache = await caches.open('digits');
    await cache.put(url, response);
  } catch {
    // Without room it is fetched again.
  }
}

async function unpacked(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const reader = (await inflated(body)).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  // Other workers see shared memory as it is; anything else would be copied for them.
  const bytes = new Uint8Array(crossOriginIsolated ? sharedBuffer(length) : new ArrayBuffer(length));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * The stream, inflated if it is gzip: some servers call such a file a compressed text, which the browser inflates before it comes here. By
 * the first byte they differ, 31 of gzip and 0 of the files of MNIST.
 */
async function inflated(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ReadableStream<Uint8Array>> {
  const [beginning, whole] = body.tee();
  const reader = beginning.getReader();
  const { value } = await reader.read();
  // It ends with the other half, which is read next.
  void reader.cancel();
  return value?.[0] === 0x1f ? whole.pipeThrough(new DecompressionStream('gzip')) : whole;
}

/** Typed as any other buffer: whoever reads bytes need not care. */
function sharedBuffer(length: number): ArrayBuffer {
  return new SharedArrayBuffer(length) as ArrayBufferLike as ArrayBuffer;
}
