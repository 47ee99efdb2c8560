/** The script of the page: a drawing is prepared as by `longhand predict`, classified by the network, and the result shown. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

import { type Box, type PreparedDigit, prepareDigit } from '@longhand/handwriting';
import { PEN, paperOn, SIDE, showsSeveral } from '@longhand/handwriting/paper';
import { mostProbable } from '@longhand/training';
import { classifierOf, type PageModel } from './classifier';

/** The time between classifications while a stroke is drawn, in milliseconds. */
const PAUSE = 120;
/** A drawing smaller than this part of the paper is mostly the pen's width. */
const LEAST_PART = 0.2;

function part<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

const model = JSON.parse(part('model').textContent ?? '') as PageModel;
const classify = classifierOf(model);
const [verdict, certainty, spoken] = [part('verdict'), part('certainty'), part('spoken')];
const seen = part<HTMLCanvasElement>('seen');
const rows = [...part('bars').children].map((row) => ({
  row,
  fill: row.querySelector<HTMLElement>('.fill'),
  percent: row.querySelector<HTMLElement>('.percent'),
}));
/** Other things than digits may well be of several pieces. */
const areDigits = model.classes.every((name) => /^\d$/.test(name));
const buttons = [part<HTMLButtonElement>('undo'), part<HTMLButtonElement>('clear')];

let lastShown = 0;
const sheet = part<HTMLCanvasElement>('paper');
const paper = paperOn(sheet, {
  drawing() {
    if (performance.now() - lastShown < PAUSE) return;
    show();
    lastShown = performance.now();
  },
  drawn() {
    spoken.textContent = show();
  },
});

/** Classifies the drawing and shows the result. @returns it as a sentence */
function show(): string {
  for (const button of buttons) {
    // A button that goes out of use would take the keyboard's place on the page with it.
    if (paper.isBlank() && document.activeElement === button) sheet.focus();
    button.disabled = paper.isBlank();
  }
  document.body.classList.toggle('blank', paper.isBlank());
  if (paper.isBlank()) return nothing('', 'The paper is blank.');
  const { width, height, data } = paper.picture();
  let digit: PreparedDigit | undefined;
  try {
    digit = prepareDigit({ width, height, channels: 4, pixels: data });
  } catch {
    // All of it beyond the paper's edge.
  }
  if (digit === undefined || isTiny(digit)) {
    return nothing('larger, please', 'Too small: larger, please.');
  }
  if (areDigits && showsSeveral(digit.row, PEN)) {
    return nothing('one digit at a time, please', 'Several digits: one at a time, please.');
  }
  const { seen: image, probabilities: output, doubt } = classify(digit.image);
  const probabilities = Array.from(output);
  const most = mostProbable(probabilities);
  for (const [at, { row, fill, percent }] of rows.entries()) {
    row.classList.toggle('most', at === most);
    if (fill) fill.style.transform = `scaleX(${probabilities[at]})`;
    if (percent) percent.textContent = percentOf(probabilities[at]);
  }
  showSeen(image);
  verdict.textContent = model.classes[most];
  if (doubt !== undefined) {
    const unlike = doubt === 'similarity' ? `, but unlike other ${model.classes[most]}` : '';
    certainty.textContent = `not sure, ${percentOf(probabilities[most])}${unlike}`;
    return `Not sure, perhaps ${model.classes[most]}, ${percentOf(probabilities[most])}${unlike}.`;
  }
  certainty.textContent = `${percentOf(probabilities[most])} sure`;
  return `Predicted ${model.classes[most]}, ${percentOf(probabilities[most])} sure.`;
}

function nothing(hint: string, sentence: string): string {
  for (const { row, fill, percent } of rows) {
    row.classList.remove('most');
    if (fill) fill.style.transform = 'scaleX(0)';
    if (percent) percent.textContent = '';
  }
  seen.getContext('2d')?.clearRect(0, 0, seen.width, seen.height);
  verdict.textContent = '';
  certainty.textContent = hint;
  return sentence;
}

/** As the network has it: white ink on black. */
function showSeen(image: Uint8Array): void {
  const pixels = new ImageData(seen.width, seen.height);
  image.forEach((value, at) => {
    pixels.data.set([value, value, value, 255], 4 * at);
  });
  seen.getContext('2d')?.putImageData(pixels, 0, 0);
}

/** Never 100 %: no prediction is certain. */
function percentOf(probability: number): string {
  return `${Math.min(probability * 100, 99.9).toFixed(1)} %`;
}

part('clear').addEventListener('click', paper.clear);
part('undo').addEventListener('click', paper.undo);
document.addEventListener('keydown', (event) => {
  const undoes = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z';
  if (paper.isBlank() || !(undoes || event.key === 'Escape' || event.key === 'Delete')) return;
  event.preventDefault();
  if (undoes) paper.undo();
  else paper.clear();
});
show();

/** Whether a drawing is too small to be classified. */
function isTiny({ box }: Pick<PreparedDigit, 'box'>): boolean {
  return Math.max(widthOf(box), heightOf(box)) < LEAST_PART * SIDE;
}

function widthOf({ left, right }: Box): number {
  return right - left;
}

function heightOf({ top, bottom }: Box): number {
  return bottom - top;
}
