/** The learning rate over the run as a small curve. */
import { computed } from '@preact/signals';
import { digits } from '../../session';
import { currentSettings, limitOf, numberOf } from '../../training/train-settings';
import { learningRateOf, scheduleOf, stepsPerEpochOf } from '../../training/training-plan';

const [width, height, samples] = [240, 36, 80];

/** The rate at equal distances over the run, as fractions of the largest. */
const factors = computed(() => {
  const settings = currentSettings();
  const stepsPerEpoch = stepsPerEpochOf(settings, limitOf(settings, digits.value?.training ?? { count: 60_000 }));
  const totalSteps = (numberOf(settings, 'epochs') ?? 3) * stepsPerEpoch;
  const schedule = scheduleOf(settings);
  return Array.from({ length: samples }, (_, at) => {
    const step = Math.round((at / (samples - 1)) * (totalSteps - 1));
    return schedule.factor({ step, totalSteps, stepsPerEpoch });
  });
});

export function ScheduleLine() {
  const rate = learningRateOf(currentSettings());
  const largest = Math.max(...factors.value, 1e-12);
  const path = factors.value
    .map((factor, at) => {
      const [x, y] = [(at / (samples - 1)) * width, 2 + (1 - factor / largest) * (height - 4)];
      return `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  const [first, last] = [factors.value[0] ?? 1, factors.value.at(-1) ?? 1].map((factor) =>
    Number((factor * rate).toPrecision(2)),
  );
  return (
    <figure class="schedule">
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path d={path} />
      </svg>
      <figcaption class="note">
        from {first} over {Number((largest * rate).toPrecision(2))} to {last}
      </figcaption>
    </figure>
  );
}
