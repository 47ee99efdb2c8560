/**
 * The views, in the order of their tabs. A view is a folder here, with a module whose `default` export is its component. The first one
 * comes with the page, another one when it is first shown. To add one, add a line.
 */
import type { ComponentType } from 'preact';
import * as train from './train/train-view';

export interface View {
  /** Its name in the address. */
  readonly name: string;
  readonly title: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const views: readonly View[] = [
  { name: 'train', title: 'Train', load: async () => train },
  { name: 'draw', title: 'Draw', load: () => import('./draw/draw-view') },
  { name: 'backwards', title: 'Backwards', load: () => import('./backwards/backwards-view') },
  { name: 'work', title: 'Work it out', load: () => import('./work/work-view') },
];

/** The view of a name in the address; the first one for any other. */
export function viewOf(name: string): View {
  return views.find((view) => view.name === name) ?? (views[0] as View);
}
