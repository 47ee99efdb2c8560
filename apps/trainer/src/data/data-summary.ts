/** What there is to know about data: counts, classes, pixels, duplicates, and labels that a trained network does not agree with. */
import {
  channelNormalizations,
  type Duplicates,
  findDuplicates,
  type ImageDataset,
  layoutText,
  type Normalization,
  pixelStatistics,
} from '@longhand/datasets';
import { countText } from '@longhand/rendering';
import { type Evaluation, misclassifiedImages } from '@longhand/training';
import type { DataSource } from '../command/dataset-source';

/** A class with its images in both parts. */
export interface ClassCount {
  readonly name: string;
  readonly train: number;
  readonly test: number;
}

/** An image whose label a trained network does not agree with. */
export interface SuspiciousLabel {
  readonly split: 'train' | 'test';
  readonly index: number;
  readonly label: string;
  readonly predicted: string;
  /** Of the predicted class, from 0 to 1. */
  readonly probability: number;
}

/** What is known of some data. */
export interface DataSummary {
  readonly source: DataSource;
  readonly layout: string;
  /** Of the pixels as they are, from 0 to 1. */
  readonly statistics: Normalization;
  readonly classes: readonly ClassCount[];
  /** The images of the largest class over those of the smallest that has any. */
  readonly imbalance: number;
  readonly duplicates: Duplicates;
  /** The most confident first; absent without a model. */
  readonly suspicious?: readonly SuspiciousLabel[];
}

/** The summary of data, with what a model makes of them. */
export function summaryOf(
  source: DataSource,
  evaluations?: Readonly<Record<'train' | 'test', Evaluation>>,
): DataSummary {
  const { train, test, classNames, layout } = source;
  const counts = [train, test].map(countsOf);
  const classes = classNames.map((name, at) => ({ name, train: counts[0][at], test: counts[1][at] }));
  const some = classes.map(({ train: count }) => count).filter((count) => count > 0);
  const suspicious = evaluations && [
    ...suspiciousIn('train', source, evaluations),
    ...suspiciousIn('test', source, evaluations),
  ];
  return {
    source,
    layout: layoutText(layout),
    statistics: pixelStatistics(train),
    classes,
    imbalance: Math.max(...some) / Math.min(...some),
    duplicates: findDuplicates(train, test),
    ...(suspicious && { suspicious: suspicious.sort((one, other) => other.probability - one.probability) }),
  };
}

function countsOf({ labels, classes }: ImageDataset): readonly number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let at = 0; at < labels.length; at++) counts[labels[at]]++;
  return counts;
}

function suspiciousIn(
  split: 'train' | 'test',
  { classNames, ...parts }: DataSource,
  evaluations: Readonly<Record<'train' | 'test', Evaluation>>,
): readonly SuspiciousLabel[] {
  return misclassifiedImages(evaluations[split], parts[split]).map(
    ({ index, trueClass, predictedClass, probability }) => ({
      split,
      index,
      label: classNames[trueClass],
      predicted: classNames[predictedClass] ?? String(predictedClass),
      probability,
    }),
  );
}

/** The summary as plain data. */
export function summaryJson({ source, layout: _, statistics, ...summary }: DataSummary): object {
  const { name, train, validation, test, layout } = source;
  const { height, width, channels } = train;
  const { duplicates } = summary;
  return {
    data: name,
    training: train.count,
    ...(validation && { validation: validation.count }),
    test: test.count,
    height,
    width,
    channels,
    layout,
    mean: statistics.mean,
    std: statistics.std,
    classes: summary.classes,
    imbalance: summary.imbalance,
    duplicates: {
      training: duplicates.train.length,
      test: duplicates.test.length,
      inBoth: duplicates.both,
      withOtherLabels: duplicates.otherLabels,
    },
    ...(summary.suspicious && { suspicious: summary.suspicious }),
  };
}

/** How many images each part has. */
export function countsText({ train, validation, test }: DataSource): string {
  const held = validation === undefined ? '' : `${countText(validation.count)} for validation, `;
  return `${countText(train.count)} for training, ${held}${countText(test.count)} for the test`;
}

/** Mean and standard deviation in words, of each channel where they differ. */
export function statisticsText({ statistics, source }: DataSummary): string {
  const channels = channelNormalizations(source.name, statistics, source.train.channels);
  const isOne = new Set(channels.map(({ mean, std }) => `${mean} ${std}`)).size === 1;
  const of = (key: 'mean' | 'std'): string =>
    (isOne ? channels.slice(0, 1) : channels).map((channel) => channel[key].toFixed(4)).join(', ');
  return `mean ${of('mean')}, standard deviation ${of('std')}, from 0 to 1`;
}

/** What is there twice, in sentences; empty where nothing is. */
export function duplicateLines({ duplicates }: DataSummary): readonly string[] {
  const { train, test, both, otherLabels } = duplicates;
  const images = (count: number): string => `${count} ${count === 1 ? 'image' : 'images'}`;
  const shown = both.slice(0, 3).map(({ index, first }) => `test image ${index} is training image ${first}`);
  return [
    ...(both.length === 0
      ? []
      : [`in training and test  ${images(both.length)}: ${shown.join(', ')}${both.length > 3 ? ', …' : ''}`]),
    ...(train.length === 0 ? [] : [`twice in training     ${images(train.length)}`]),
    ...(test.length === 0 ? [] : [`twice in the test     ${images(test.length)}`]),
    ...(otherLabels === 0 ? [] : [`with other labels     ${images(otherLabels)}`]),
  ];
}

/** The first images of a class in a part. */
export function samplesOf({ labels, count }: ImageDataset, label: number, most: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < count && found.length < most; at++) if (labels[at] === label) found.push(at);
  return found;
}
