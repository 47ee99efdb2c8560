/** Pictures of the browser (a file, a frame of the camera, a canvas) as pixels. */
import type { RasterImage } from '@longhand/datasets';

/** Larger pictures are reduced to this side: preparing them begins with that anyway. */
const LARGEST_SIDE = 2000;

/** @throws Error of one line for a file that no browser can decode */
export async function rasterOfFile(file: Blob): Promise<RasterImage> {
  let bitmap: ImageBitmap;
  try {
    // Photographs are turned as their camera was.
    bitmap = await createImageBitmap(file);
  } catch {
    const name = file instanceof File ? file.name : 'picture';
    throw new Error(`${name}: expected a picture that this browser can show, got ${file.type || 'something else'}`);
  }
  const raster = rasterOf(bitmap, bitmap);
  bitmap.close();
  return raster;
}

/** The pixels of what a canvas can draw, reduced if it is large. */
export function rasterOf(source: CanvasImageSource, { width, height }: { width: number; height: number }): RasterImage {
  const scale = Math.min(1, LARGEST_SIDE / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser cannot draw');
  context.drawImage(source, 0, 0, size.width, size.height);
  return rasterOfPixels(context.getImageData(0, 0, size.width, size.height));
}

export function rasterOfPixels({ width, height, data }: ImageData): RasterImage {
  return { width, height, channels: 4, pixels: new Uint8Array(data.buffer) };
}
