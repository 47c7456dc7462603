/** A figure of a table with two significant digits. A dash if it is unknown. */
export const rounded = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(2)).toLocaleString('en', { maximumSignificantDigits: 2 }) : '–'
