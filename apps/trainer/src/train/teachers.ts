/** The models that a run learns from besides the labels: what `--teacher` names. */
import { existsSync } from 'node:fs';
import { distillationDefaults } from '@longhand/layers';
import { type Model, parametersChecksum, type Teacher } from '@longhand/training';
import { refusal, unusable } from '../command/failure';
import { modelOfBytes, modelPath, moduleUrlsOf, readModelFile, sayAssumptions } from '../command/model-source';
import { moduleOptions } from '../command/own-modules';
import type { RunConfig } from '../run/run-record';
import type { RunSettings } from '../run/run-settings';

/** @throws CommandError for options of a teacher without one, and for a teacher beside a loss of the user's own */
export function checkTeacherOptions({ teacher, temperature, teacherWeight, loss }: RunSettings): void {
  const alone = Object.entries({ temperature, 'teacher-weight': teacherWeight }).find(
    ([, value]) => value !== undefined,
  );
  if (teacher === undefined && alone !== undefined) {
    throw refusal(
      `option '--${alone[0]}' has no meaning without a teacher; leave it out, or add --teacher model.safetensors`,
    );
  }
  if (teacher !== undefined && loss !== undefined) {
    throw refusal(`option '--loss' cannot be combined with '--teacher'; leave one of them out`);
  }
}

/**
 * The models of the settings' teachers.
 *
 * @throws CommandError when one cannot be read, or runs code of the user's own
 */
export function readTeachers(
  { teacher = [] }: RunSettings,
  options: { readonly quiet?: boolean } = {},
): readonly Model[] {
  return teacher.map((file) => readTeacher(file, options));
}

function readTeacher(given: string, options: { readonly quiet?: boolean }): Model {
  const file = modelPath(given);
  const bytes = readModelFile(file);
  const urls = moduleUrlsOf(bytes, file);
  if (urls.length > 0) {
    const [, module] = moduleOptions(urls);
    throw unusable(`${file}: expected a teacher of built-in layers, got one that runs ${module}; take another teacher`);
  }
  const read = modelOfBytes(bytes, file);
  sayAssumptions(file, read, options);
  return read.model;
}

/**
 * The teachers of a run that is resumed.
 *
 * @param where the run's folder
 * @throws CommandError when one is missing, or has other weights than when the run began
 */
export function readTeachersAgain(
  { settings, teacherChecksums }: RunConfig,
  where: string,
  options: { readonly quiet?: boolean } = {},
): readonly Model[] {
  const { teacher = [] } = settings;
  for (const file of teacher) {
    if (existsSync(modelPath(file))) continue;
    throw unusable(
      `${file}: expected the teacher that ${where} learns from, but there is no such file; put it back, or begin a new run`,
    );
  }
  const models = readTeachers(settings, options);
  const other = models.findIndex(({ parameters }, at) => parametersChecksum(parameters) !== teacherChecksums?.[at]);
  if (other === -1) return models;
  throw unusable(
    `${teacher[other]}: expected the teacher that ${where} learns from, got another model; put it back, or begin a new run`,
  );
}

/**
 * What `fit` is given of them.
 *
 * @throws CommandError when one has other classes than the network
 */
export function teacherOf(
  { settings, classes }: Pick<RunConfig, 'settings' | 'classes'>,
  models: readonly Model[],
): { readonly teacher?: Teacher } {
  if (models.length === 0) return {};
  for (const [at, model] of models.entries()) {
    // Another number of them is refused by `fit`, with other images.
    const strange = model.classes.findIndex((name, label) => name !== classes[label]);
    if (strange === -1 || model.classes.length !== classes.length) continue;
    throw unusable(
      `${settings.teacher?.[at]}: expected a teacher with the classes of the data, ${classes.join(', ')}, got ${model.classes.join(', ')}; take one that was trained on the same data`,
    );
  }
  const { temperature = distillationDefaults.temperature, teacherWeight: weight = distillationDefaults.weight } =
    settings;
  return { teacher: { models, temperature, weight } };
}
