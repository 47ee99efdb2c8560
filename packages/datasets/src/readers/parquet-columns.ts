/** Which columns of a Parquet file are pictures and labels: by Hugging Face's description of the features, else by names. */
import { isRecord } from '@longhand/schema';
import type { FileMetaData } from 'hyparquet';
import { DatasetError } from '../dataset-error';

/** The columns of a file with images. */
export interface ParquetColumns {
  readonly image: string;
  /** Absent for images without labels. */
  readonly label?: string;
  /** The names of the classes, where the file has them. */
  readonly names?: readonly string[];
}

const imageNames = ['image', 'img', 'images', 'picture', 'pixel_values', 'pixels', 'png', 'jpg', 'webp'];
const labelNames = ['label', 'labels', 'fine_label', 'class', 'target', 'digit', 'letter', 'character', 'cls', 'y'];

/**
 * The columns of pictures and labels.
 *
 * @throws DatasetError when there is no column of pictures
 */
export function parquetColumns(metadata: FileMetaData, where: string): ParquetColumns {
  const names = topLevel(metadata);
  const features = featuresIn(metadata);
  const ofType = (type: string): readonly string[] => names.filter((name) => features[name]?._type === type);
  const byName = (known: readonly string[]): string | undefined =>
    known.find((name) => names.includes(name)) ?? names.find((name) => known.includes(name.toLowerCase()));
  const image = ofType('Image')[0] ?? byName(imageNames);
  if (image === undefined) {
    throw new DatasetError(
      `${where}: expected a column of pictures, called ${imageNames.slice(0, 3).join(', ')} …, got ${names.slice(0, 10).join(', ') || 'none'}; name it so`,
    );
  }
  const classLabels = ofType('ClassLabel');
  const label = labelNames.find((name) => classLabels.includes(name)) ?? classLabels[0] ?? byName(labelNames);
  const classes = label === undefined ? undefined : features[label]?.names;
  const listed = Array.isArray(classes) && classes.every((name) => typeof name === 'string') ? classes : undefined;
  return { image, ...(label !== undefined && { label }), ...(listed && { names: listed }) };
}

/** The names of the columns. The first element of the schema is their root. */
function topLevel({ schema }: FileMetaData): readonly string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const element = schema[at++];
    for (let child = 0; child < (element?.num_children ?? 0) && at < schema.length; child++) skip();
  };
  while (at < schema.length) {
    names.push(schema[at].name);
    skip();
  }
  return names;
}

type Features = Readonly<Record<string, { readonly _type?: unknown; readonly names?: unknown }>>;

/** Hugging Face's description of the columns, as far as there is one. */
function featuresIn({ key_value_metadata: pairs = [] }: FileMetaData): Features {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return {};
  try {
    const { info } = JSON.parse(text) as { readonly info?: unknown };
    const features = isRecord(info) ? info.features : undefined;
    if (!isRecord(features)) return {};
    return Object.fromEntries(Object.entries(features).filter(([, feature]) => isRecord(feature))) as Features;
  } catch {
    return {};
  }
}
