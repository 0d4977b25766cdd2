const HOUR = 3600;
const DAY = 24 * HOUR;

/** Steps between round times, in seconds. */
export const TIME_STEPS: readonly number[] = [
  ...[1, 5, 15, 30, 60, 300, 900, 1800],
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20].map((days) => days * DAY),
];

/**
 * Return round values that span `least` to `most` in about `count` steps; `steps`
 * are the ones to choose from where it is not to be a round decimal one.
 */
export function ticks(
  least: number,
  most: number,
  count: number,
  steps?: readonly number[],
): number[] {
  const span = most - least || Math.abs(most) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const choice = steps ?? [1, 2, 5, 10].map((by) => by * power);
  const step = choice.find((by) => by >= rough) ?? rough;
  const first = Math.floor(least / step);
  const last = Math.ceil(most / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

export interface Summary {
  min: number;
  average: number;
  max: number;
}

/** Return the least, the mean and the greatest of values; null for none. */
export function summarize(values: readonly number[]): Summary | null {
  if (values.length === 0) return null;
  return {
    min: Math.min(...values),
    average: values.reduce((sum, value) => sum + value, 0) / values.length,
    max: Math.max(...values),
  };
}
