/** Settings as people read them: their names in words, their numbers with commas. */
import { countText } from '@longhand/rendering';

/** `batchSize` as `batch size`. */
export function settingName(key: string): string {
  return key.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A number of the setting `key`. Seeds are no amounts: they stay as they are typed. */
export function settingNumber(key: string, value: number): string {
  return Number.isInteger(value) && key !== 'seed' ? countText(value) : String(value);
}
