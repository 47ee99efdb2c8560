/** A worker failed at a request, or ended although nothing had ended it. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}
