/** Numbers for people, the same in every locale. */

/**
 * A whole number with commas between thousands.
 *
 * @example countText(60000); // '60,000'
 */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * A part of one as a percentage. What is less than one is never rounded up to 100 %: no image is misclassified there, and nothing is
 * uncertain.
 *
 * @param digits after the decimal point
 * @example percentText(0.5, 0); // '50 %'
 * @example percentText(0.9999, 1); // '99.9 %'
 */
export function percentText(part: number, digits = 2): string {
  const rounded = (part * 100).toFixed(digits);
  const isRoundedUp = part < 1 && Number(rounded) === 100;
  return `${isRoundedUp ? (100 - Number(`1e-${digits}`)).toFixed(digits) : rounded} %`;
}

/**
 * A part of one as a percentage, with its standard error where that is given. Of all or none the error would be 0.00, which says
 * nothing: it is left out, see {@link leastShare}.
 *
 * @example accuracyText(0.9887, 0.0011); // '98.87 % ± 0.11'
 */
export function accuracyText(accuracy: number, standardError?: number): string {
  const percentage = percentText(accuracy);
  const saysNothing = standardError === undefined || (standardError === 0 && (accuracy === 1 || accuracy === 0));
  return saysNothing ? percentage : `${percentage} ± ${(standardError * 100).toFixed(2)}`;
}

/** The normal quantile of an interval of 95 %. */
const z = 1.959964;

/**
 * The lower end of Wilson's 95 % interval for a share that was 1 in a sample: so much it is at least, as far as the sample says.
 *
 * @param count the size of the sample
 * @example leastShare(400); // 0.9904…
 */
export function leastShare(count: number): number {
  return count / (count + z * z);
}

/**
 * A loss with four significant digits, a tiny one with three.
 *
 * @example lossText(0.042131); // '0.04213'
 */
export function lossText(loss: number): string {
  return loss !== 0 && Math.abs(loss) < 1e-4 ? loss.toExponential(2) : loss.toPrecision(4);
}

/**
 * Any number in three significant digits.
 *
 * @example figureText(-2.90381); // '−2.9'
 */
export function figureText(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

/**
 * A metric of any size with at most five significant digits.
 *
 * @example metricText(0.80191234); // '0.80191'
 */
export function metricText(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/**
 * A time in seconds, rounded as fits its size.
 *
 * @example durationText(123); // '2 min 03 s'
 */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours} h ${twoDigits(minutes)} min` : `${minutes} min ${twoDigits(whole % 60)} s`;
}

/**
 * A speed with three significant digits.
 *
 * @example rateText(28412); // '28,400 images/s'
 */
export function rateText(imagesPerSecond: number): string {
  const rate = Number.isFinite(imagesPerSecond) ? countText(Number(imagesPerSecond.toPrecision(3))) : '–';
  return `${rate} images/s`;
}

/**
 * A size in bytes, thousand by thousand.
 *
 * @example bytesText(16_204); // '16.2 kB'
 */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes / 1000;
  let unit = 0;
  // 999.95 would be written 1000.0: that is one of the next unit.
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toFixed(1)} ${units[unit]}`;
}
