/** The memory that a picture takes while it is decoded, known from its header. */
import { totalmem } from 'node:os';
import { DatasetError } from '../dataset-error';

/** The memory of the machine, or of the container that the process is in. */
function machineMemory(): number {
  // Zero or absent where nothing limits the process.
  const constrained = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  return Math.min(totalmem(), constrained);
}

/**
 * Checks what decoding takes, before it is taken.
 *
 * @param available Default: the memory of the machine.
 * @throws DatasetError with both figures
 */
export function checkDecodingMemory(
  {
    name,
    width,
    height,
    bytes,
  }: { readonly name: string; readonly width: number; readonly height: number; readonly bytes: number },
  available = machineMemory(),
): void {
  if (bytes <= available) return;
  const megabytes = (count: number): string => `${Math.ceil(count / 1e6)} MB`;
  throw new DatasetError(
    `${name}: expected a picture that can be decoded in the ${megabytes(available)} of this machine, got ${width} × ${height} pixels, which take ${megabytes(bytes)}; make the picture smaller`,
  );
}
