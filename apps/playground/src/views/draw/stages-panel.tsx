/** How a picture becomes what the network was trained on: each stage of the preparation, as `longhand predict` goes through it. */
import type { RasterImage } from '@longhand/datasets';
import type { GrayImage } from '@longhand/handwriting';
import { useEffect, useRef } from 'preact/hooks';
import { chosen, type ReadDigit, reading } from '../../drawing/reading';
import { Panel } from '../../ui/panel';

interface Stage {
  readonly title: string;
  readonly about: string;
  readonly picture: RasterImage | GrayImage;
  /** 0 is background and 255 ink, in place of levels of light. */
  readonly isInk: boolean;
}

export function StagesPanel() {
  const [now, digit] = [reading.value, chosen.value];
  if (now === undefined || digit === undefined) {
    return (
      <Panel title="What the network sees">
        <p class="note">
          Whatever is drawn or photographed is made into an image like those that the network was trained on. The steps
          appear here.
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="What the network sees" note="how the picture is prepared, step by step">
      <ol class="stages">
        {stagesOf(now.picture.raster, digit).map((stage) => (
          <li key={stage.title}>
            <StagePicture stage={stage} />
            <strong>{stage.title}</strong>
            <span class="note">{stage.about}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function stagesOf(raster: RasterImage, { prepared }: ReadDigit): Stage[] {
  const { image, digit } = prepared;
  const seen: Stage = {
    title: `${image.height}×${image.width}`,
    about: 'what the network gets',
    picture: { ...image, channels: image.channels as 1 | 3 },
    isInk: image.channels === 1,
  };
  if (digit === undefined) {
    return [{ title: 'picture', about: 'taken as it is, resized', picture: raster, isInk: false }, seen];
  }
  const { gray, background, foreground, strokes, fitted } = digit.steps;
  return [
    {
      title: 'gray',
      about: digit.darkOnLight ? 'dark ink on light' : 'light ink on dark',
      picture: gray,
      isInk: false,
    },
    { title: 'sheet', about: 'the paper without the ink', picture: background, isInk: false },
    { title: 'ink', about: 'what is darker than the paper', picture: foreground, isInk: true },
    { title: 'strokes', about: 'those of this digit', picture: strokes, isInk: true },
    { title: 'crop', about: `fitted into 20×20`, picture: fitted, isInk: true },
    seen,
  ];
}

function StagePicture({ stage: { title, picture, isInk } }: { readonly stage: Stage }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    context.putImageData(imageData(picture, isInk), 0, 0);
  }, [picture, isInk]);
  const { width, height } = picture;
  return (
    <canvas
      ref={canvas}
      class={width > 100 ? 'stage' : 'stage pixels'}
      width={width}
      height={height}
      role="img"
      aria-label={`Stage ${title}`}
    />
  );
}

/** Ink is dark on light everywhere on this page. */
function imageData(picture: RasterImage | GrayImage, isInk: boolean): ImageData {
  const { width, height, pixels } = picture;
  const channels = 'channels' in picture ? picture.channels : 1;
  const image = new ImageData(width, height);
  const isGray = channels < 3;
  for (let at = 0; at < width * height; at++) {
    for (let c = 0; c < 3; c++) {
      const level = pixels[at * channels + (isGray ? 0 : c)];
      image.data[4 * at + c] = isInk ? 255 - level : level;
    }
    image.data[4 * at + 3] = 255;
  }
  return image;
}
