/** The figures of the last minute, from those of the last five. */

/** The intervals of a minute. */
const recent = 12

export const lastMinute = <Value>(intervals: readonly Value[]): readonly Value[] => intervals.slice(-recent)

/** The newest value of the last minute. Null if it has none: an older one says nothing about now. */
export const newestOf = (values: readonly (number | null)[]): number | null =>
  lastMinute(values).findLast((value) => value !== null) ?? null
