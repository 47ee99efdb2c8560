/** The kernels of a layer as pictures on one canvas: a column for each output map, a row for each input map. */
import type { WeightImages } from '@longhand/layers';
import { Pixels, paintSigned } from './pixels';

export interface KernelImagesProps {
  readonly images: WeightImages;
  /** The maps that are shown at most. */
  readonly most?: readonly [outputs: number, inputs: number];
  readonly label: string;
  /** The width that they may take, in pixels of the page. */
  readonly width: number;
}

export function KernelImages({ images, most = [16, 16], label, width: room }: KernelImagesProps) {
  const { height, width, values } = images;
  const [outputs, inputs] = [Math.min(images.outputs, most[0]), Math.min(images.inputs, most[1])];
  const [totalWidth, totalHeight] = [outputs * (width + 1) - 1, inputs * (height + 1) - 1];
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const zoom = Math.max(1, Math.min(8, Math.floor(room / totalWidth)));
  const paint = (into: Uint8ClampedArray): void => {
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        const from = (output * images.inputs + input) * height * width;
        for (let y = 0; y < height; y++) {
          const at = ((input * (height + 1) + y) * totalWidth + output * (width + 1)) * 4;
          paintSigned(
            values.subarray(from + y * width, from + (y + 1) * width),
            largest,
            into.subarray(at, at + width * 4),
          );
        }
      }
    }
  };
  return <Pixels width={totalWidth} height={totalHeight} zoom={zoom} paint={paint} label={label} />;
}
