/** The maps of one layer: values under the pointer, one cell to focus on by click or keyboard, its receptive field lit. */
import { type Region, valueText } from '@longhand/worked-examples';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/button';
import { enlargedGrid, isTooSmall, oneMap, regionOfMap, valuesOfMap } from './enlarged-map';
import { field, focus } from './focus';
import { type Cell, cellBeside, cellWords, indexOfCell, type MapLayer } from './map-layers';
import { cellAt, mapGrid, paintMaps } from './maps-canvas';
import { isNarrow } from './page-width';

export interface LayerMapsProps {
  readonly layer: MapLayer;
  /** In memory order; undefined before anything is drawn. */
  readonly values: ArrayLike<number> | undefined;
  /** How the input is painted: 0 background to 255 ink. */
  readonly ink?: ArrayLike<number> | undefined;
  /** What the values are, where they are not the layer's own: `gradient`. */
  readonly what?: string;
  /** Which cell is chosen, and what lights up. Default: the focus of the page and its receptive field. */
  readonly lit?: LitCells;
}

/** The chosen cell, and what choosing another does. */
export interface LitCells {
  readonly focused: Cell | undefined;
  /** What gets a frame. */
  readonly region: Region | undefined;
  /** Whether all else fades. */
  readonly isFaded: boolean;
  readonly choose: (cell: Cell) => void;
  readonly forget: () => void;
}

/** The focus of the page, and what it is computed from. */
function litByFocus({ stem }: MapLayer): LitCells {
  return {
    focused: focus.value?.stem === stem ? focus.value.cell : undefined,
    region: field.value.get(stem),
    isFaded: field.value.size > 0,
    choose(cell) {
      focus.value = { stem, cell };
    },
    forget() {
      focus.value = undefined;
    },
  };
}

export function LayerMaps({ layer, values, ink, what, lit = litByFocus(layer) }: LayerMapsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal<Cell | undefined>(undefined);
  /** The map that is shown alone, after a tap on it. */
  const enlarged = useSignal<number | undefined>(undefined);
  const whole = mapGrid(layer, isNarrow.value);
  const mayEnlarge = isTooSmall(whole, isNarrow.value);
  const only = mayEnlarge ? enlarged.value : undefined;
  const grid = only === undefined ? whole : enlargedGrid(layer);
  const drawn = only === undefined ? layer : oneMap(layer);
  const { focused, region, isFaded, choose, forget } = lit;
  const ratio = Math.ceil(globalThis.devicePixelRatio ?? 1);
  // A number under the pointer, or one that is drawn elsewhere, changes nothing here.
  const framed = region && [region.rows, region.columns, region.channels].join();
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const style = getComputedStyle(context.canvas);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const colors = {
      frame: color('--focus-frame'),
      fade: color('--focus-fade'),
      light: color('--focus-light'),
      edge: color('--edge'),
    };
    const isInk = layer.kind === 'input' && ink !== undefined;
    const all = isInk ? ink : values;
    paintMaps(context, isInk ? drawn : { ...drawn, kind: layer.kind === 'input' ? 'gradient' : layer.kind }, grid, {
      values: only === undefined || all === undefined ? all : valuesOfMap(layer, only, all),
      largest: values === undefined ? 0 : largestOf(values),
      region: only === undefined ? region : regionOfMap(region, only),
      isFaded,
      colors,
    });
  }, [layer, isNarrow.value, only, ratio, values, ink, framed, isFaded]);
  const shown = pointed.value ?? focused;
  const sentence = shown === undefined ? undefined : sentenceOf(layer, values, shown, what);
  const cellUnder = ({ clientX, clientY }: MouseEvent): Cell | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return undefined;
    const scale = grid.width / box.width;
    const cell = cellAt(drawn, grid, (clientX - box.left) * scale, (clientY - box.top) * scale);
    return cell && { ...cell, channel: only ?? cell.channel };
  };
  return (
    <figure class="layer-maps">
      <figcaption>
        <strong>{layer.title}</strong> <span class="note">{sizeText(layer)}</span>
      </figcaption>
      <div
        class="maps-frame"
        role="application"
        aria-label={labelOf(layer, what)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys choose a number.
        tabIndex={0}
        onPointerMove={(event) => {
          pointed.value = cellUnder(event);
        }}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
        onClick={(event) => {
          const cell = cellUnder(event);
          if (cell === undefined) return;
          if (mayEnlarge && only === undefined) enlarged.value = cell.channel;
          else choose(cell);
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key === 'Escape') forget();
          const middle = { channel: 0, row: Math.floor(layer.height / 2), column: Math.floor(layer.width / 2) };
          const next = focused === undefined ? middle : cellBeside(layer, focused, event.key);
          if (next === undefined || cellBeside(layer, middle, event.key) === undefined) return;
          event.preventDefault();
          if (only !== undefined) enlarged.value = next.channel;
          choose(next);
        }}
      >
        <canvas
          ref={canvas}
          class="maps"
          width={grid.width * ratio}
          height={grid.height * ratio}
          style={{ width: grid.width, aspectRatio: `${grid.width} / ${grid.height}` }}
        />
      </div>
      <p class="readout" aria-live="polite">
        {sentence}
      </p>
      {only === undefined ? null : (
        <Button
          onClick={() => {
            enlarged.value = undefined;
          }}
        >
          {layer.channels > 1 ? 'All maps' : 'Smaller'}
        </Button>
      )}
    </figure>
  );
}

function labelOf(layer: MapLayer, what?: string): string {
  const keys = layer.channels > 1 ? ', Page Up and Page Down a map' : '';
  return `${layer.title}, ${sizeText(layer)}${what === undefined ? '' : `, ${what}`}. Arrow keys choose a number${keys}.`;
}

function sizeText({ height, width, channels }: MapLayer): string {
  if (height === 1 && channels === 1) return `${width} numbers`;
  return channels === 1 ? `${height}×${width}` : `${channels} maps ${height}×${width}`;
}

function sentenceOf(layer: MapLayer, values: ArrayLike<number> | undefined, cell: Cell, what?: string): string {
  const words = cellWords(layer, cell).slice(layer.title.length + 2);
  if (values === undefined) return words;
  return `${words}: ${what === undefined ? '' : `${what} `}${valueText(values[indexOfCell(layer, cell)])}`;
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]));
  return largest;
}
