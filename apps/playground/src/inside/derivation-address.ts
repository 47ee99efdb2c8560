/** The number, the label, the mode, the picture and the model in the address: a link to it opens the same derivation. */
import { effect } from '@preact/signals';
import { changeSettings } from '../address';
import { textOfImage } from '../drawing/image-picture';
import { chosen } from '../drawing/reading';
import { modelSettings } from '../models/model-address';
import { presentModel } from '../session';
import { asked } from './asked';
import { label, mode } from './present-step';

/** Keeps the address at them, once they stay for a moment: browsers refuse to change it all the time. */
export function followDerivation(): () => void {
  return effect(() => {
    const image = chosen.value?.prepared.image;
    const changes = {
      ...modelSettings(presentModel.value),
      number: asked.value,
      label: label.value?.toString(),
      mode: mode.value === 'train' ? 'train' : undefined,
      picture: image === undefined || image.channels !== 1 ? undefined : textOfImage(image),
    };
    const timer = setTimeout(() => changeSettings(changes), 400);
    return () => clearTimeout(timer);
  });
}
