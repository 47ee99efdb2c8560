/** The camera: asked for on a click only, and given back as soon as it has served. */
import { signal } from '@preact/signals';
import { rasterOf } from './raster';
import { picture } from './reading';

/** What the camera shows; undefined while it is off. */
export const cameraStream = signal<MediaStream | undefined>(undefined);

/** Why it cannot be used, in one line. */
export const cameraFailure = signal<string | undefined>(undefined);

export async function openCamera(): Promise<void> {
  cameraFailure.value = undefined;
  try {
    // Absent in pages that came neither over https nor from this machine.
    if (navigator.mediaDevices === undefined) throw new Error('this address is not secure, open the page over https');
    cameraStream.value = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
      audio: false,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    cameraFailure.value = `camera: ${why.replace(/\.$/, '')}; take a photograph and drop it here instead`;
  }
}

export function closeCamera(): void {
  for (const track of cameraStream.value?.getTracks() ?? []) track.stop();
  cameraStream.value = undefined;
}

/** Takes the frame that is shown now. */
export function takePhotograph(video: HTMLVideoElement): void {
  const raster = rasterOf(video, { width: video.videoWidth, height: video.videoHeight });
  picture.value = { raster, from: 'camera', name: 'photograph' };
  closeCamera();
}
