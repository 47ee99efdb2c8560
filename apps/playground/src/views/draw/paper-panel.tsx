/** Where a digit comes from: the paper, a picture that is dropped, pasted or chosen, or the camera. */
import { imageAt } from '@longhand/datasets';
import { batch, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { cameraFailure, cameraStream, closeCamera, openCamera, takePhotograph } from '../../drawing/camera';
import { pictureOfImage } from '../../drawing/image-picture';
import { paperSheet } from '../../drawing/paper-sheet';
import { rasterOfFile } from '../../drawing/raster';
import { chosenAt, picture } from '../../drawing/reading';
import { isModelName } from '../../models/model-names';
import { reportFailure, wantDigits } from '../../session';
import { Button } from '../../ui/button';
import { Notice } from '../../ui/notice';
import { Panel } from '../../ui/panel';

/** Why the last file could not be taken, in one line. */
const fileFailure = signal<string | undefined>(undefined);

/** Reads a picture from a file, as it was dropped, pasted or chosen. */
async function takeFile(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  fileFailure.value = undefined;
  closeCamera();
  try {
    const raster = await rasterOfFile(file);
    chosenAt.value = 0;
    picture.value = { raster, from: 'file', name: file.name };
  } catch (error) {
    fileFailure.value = error instanceof Error ? error.message : String(error);
  }
}

/** How many test digits were taken: each time the next one. */
let taken = 0;

/** Whoever does not want to draw takes a digit that the model was not trained on. */
async function takeTestDigit(): Promise<void> {
  const { testing } = await wantDigits();
  const { height, width } = testing;
  const index = taken++ % testing.count;
  closeCamera();
  batch(() => {
    chosenAt.value = 0;
    const raster = pictureOfImage({ height, width, pixels: imageAt(testing, index) });
    picture.value = { raster, from: 'file', name: `test digit ${index}` };
  });
}

/** Pictures can be dropped and pasted anywhere on the view. */
export function usePictures(): void {
  useEffect(() => {
    const isFile = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (isFile(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!isFile(event)) return;
      event.preventDefault();
      // Models are opened by the page.
      takeFile([...(event.dataTransfer?.files ?? [])].find(({ name }) => !isModelName(name)));
    };
    const paste = (event: ClipboardEvent): void => {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
      if (file !== undefined) takeFile(file);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
      closeCamera();
    };
  }, []);
}

export function PaperPanel() {
  const file = useRef<HTMLInputElement>(null);
  const now = picture.value;
  const isPhoto = now !== undefined && now.from !== 'paper';
  const camera = cameraStream.value;
  const { paper } = paperSheet();
  const toPaper = (): void => {
    paper.clear();
    picture.value = undefined;
  };
  const failure = fileFailure.value ?? cameraFailure.value;
  return (
    <Panel title="Draw" note="or drop a photograph">
      {camera !== undefined ? <Camera stream={camera} /> : isPhoto ? <Photograph /> : <Sheet />}
      <div class="buttons">
        <Button onClick={() => paper.undo()} disabled={now === undefined || isPhoto}>
          Undo
        </Button>
        <Button onClick={toPaper} disabled={now === undefined}>
          {isPhoto ? 'Back to the paper' : 'Clear'}
        </Button>
        <Button onClick={() => takeTestDigit().catch(reportFailure)}>Test digit</Button>
        <Button onClick={() => file.current?.click()}>Photograph …</Button>
        <Button onClick={() => (camera === undefined ? openCamera() : closeCamera())}>
          {camera === undefined ? 'Camera' : 'Close the camera'}
        </Button>
        <input
          ref={file}
          class="visually-hidden"
          type="file"
          accept="image/*"
          tabIndex={-1}
          aria-label="A photograph of digits"
          onChange={({ currentTarget }) => {
            takeFile(currentTarget.files?.[0]);
            currentTarget.value = '';
          }}
        />
      </div>
      {failure === undefined ? null : <Notice kind="failure">{failure}</Notice>}
    </Panel>
  );
}

function Sheet() {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { canvas } = paperSheet();
    frame.current?.prepend(canvas);
    return () => canvas.remove();
  }, []);
  return (
    <div class="sheet" ref={frame}>
      {picture.value === undefined ? (
        <p class="invitation" aria-hidden="true">
          draw digits here
        </p>
      ) : null}
    </div>
  );
}

/** The photograph, with a frame around each digit that was found. */
function Photograph() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = picture.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (now === undefined || context === null || context === undefined) return;
    const { width, height, pixels } = now.raster;
    context.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
  }, [now]);
  if (now === undefined) return null;
  const { width, height } = now.raster;
  return (
    <div class="sheet photograph">
      <canvas
        ref={canvas}
        class={Math.max(width, height) <= 64 ? 'small' : ''}
        width={width}
        height={height}
        role="img"
        aria-label={`The picture ${now.name}`}
      />
    </div>
  );
}

function Camera({ stream }: { readonly stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  return (
    <div class="sheet camera">
      <video ref={video} autoPlay playsInline muted aria-label="What the camera sees" />
      <Button primary onClick={() => video.current && takePhotograph(video.current)}>
        Take it
      </Button>
    </div>
  );
}
