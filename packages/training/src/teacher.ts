/** Trained networks that a run learns from, besides the labels (`distillation` in `@longhand/layers` has the formula). */
import { channelNormalizations, type ImageDataset } from '@longhand/datasets';
import { distillation, distillationDefaults, type Loss, type Network, outputRange } from '@longhand/layers';
import { type Entries, isRecord, list, number, object, optional, where } from '@longhand/schema';
import { type FloatArray, formatShape, OptionError, ShapeError } from '@longhand/tensor';
import { checkParameters } from './micro-batch-pass';
import type { Model } from './model-settings';
import { nonFiniteParameter } from './workers/findings';
import type { TeacherSetup } from './workers/protocol';

/** A trained network, as `decodeModel` gives it; of its other settings nothing matters. */
export type TeacherModel = Pick<Model, 'network' | 'parameters' | 'normalization'>;

/**
 * What a run learns from. Each model sees the very images that the network is trained on, distorted alike, with a normalization of its
 * own, as in evaluation: without dropout, and with the running statistics of batch normalization.
 */
export interface Teacher {
  /** One model, or several, whose probabilities are averaged. */
  readonly models: readonly TeacherModel[];
  /** What the logits of all networks are divided by before the softmax, above 0. Default: 4. */
  readonly temperature?: number;
  /** The teacher's part of the loss, from 0 to 1; the rest is the cross-entropy with the labels. Default: 0.5. */
  readonly weight?: number;
}

const teacherEntries = {
  models: list(
    where<TeacherModel>('a model { network, parameters, normalization } such as decodeModel gives', (value) =>
      ['network', 'parameters', 'normalization'].every((name) => isRecord(value) && isRecord(value[name])),
    ),
  ),
  temperature: optional(number),
  weight: optional(number),
} satisfies Entries<Teacher>;

export const teacherSchema = object(teacherEntries);

/** The loss of learning from a teacher: softmax cross-entropy with the labels and with what the teacher says. */
export function lossWith({ temperature, weight }: Teacher): Loss {
  return distillation({ ...(temperature !== undefined && { temperature }), ...(weight !== undefined && { weight }) });
}

/** What workers are sent of it; `copyOf` puts numbers where they see them. */
export function teacherSetup(
  { models, temperature = distillationDefaults.temperature }: Teacher,
  copyOf: (values: FloatArray) => FloatArray,
): Omit<TeacherSetup, 'kept'> {
  return {
    temperature,
    models: models.map(({ parameters: { values, buffers }, normalization }) => ({
      values: copyOf(values),
      buffers: copyOf(buffers),
      normalization,
    })),
  };
}

/**
 * @throws OptionError when there is no model, or one with numbers that are NaN or infinite, or with a sigmoid at its end, or the
 *   temperature or weight is out of range; ShapeError when one is for other images or other classes than the network
 */
export function checkTeacher(where: string, teacher: Teacher, network: Network, dataset: ImageDataset): void {
  lossWith(teacher);
  if (teacher.models.length === 0) throw new OptionError(`${where}: expected at least one model as teacher, got none`);
  for (const [at, model] of teacher.models.entries()) {
    checkModel(teacher.models.length === 1 ? `${where}: teacher` : `${where}: teacher ${at + 1}`, model, network);
    channelNormalizations(`${where}: teacher`, model.normalization, dataset.channels);
  }
}

function checkModel(where: string, { network: taught, parameters }: TeacherModel, network: Network): void {
  const shapes = [
    ['images', taught.inputShape, network.inputShape],
    ['outputs', taught.outputShape, network.outputShape],
  ] as const;
  for (const [what, got, expected] of shapes) {
    if (formatShape(got) === formatShape(expected)) continue;
    throw new ShapeError(
      `${where}: expected a model with ${what} ${formatShape(expected)}, like the network that learns from it, got ${formatShape(got)}; take a teacher that was trained on the same data`,
    );
  }
  const output = outputRange(taught);
  if (output?.range === 'sigmoid') {
    throw new OptionError(
      `${where}: expected a model with logits or a softmax at its end, got the sigmoid '${output.layer.name}', whose outputs are no distribution over the classes; take another teacher`,
    );
  }
  checkParameters(where, taught, parameters);
  const found = nonFiniteParameter(parameters);
  if (found === undefined) return;
  throw new OptionError(
    `${where}: expected finite numbers, got ${found.value} in '${found.path}'; take another teacher`,
  );
}

/** @throws OptionError for the loss of a run with a teacher: by itself it has nothing to learn from */
export function checkWithoutTeacher(where: string, loss: Loss | undefined): void {
  if (loss?.description.kind !== 'distillation') return;
  throw new OptionError(
    `${where}: expected a loss of labels alone, got distillation; leave it out, and to learn from a model give fit the option teacher`,
  );
}
