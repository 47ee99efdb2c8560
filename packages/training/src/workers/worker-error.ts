/** A worker failed at a request, or ended although nothing had ended it. */
export class WorkerError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'WorkerError';
}
