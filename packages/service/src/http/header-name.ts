/** The usual spelling of a header in texts: `Idempotency-Key`. */
export const headerName = (lowerCase: string): string =>
  lowerCase.replaceAll(/(?<=^|-)[a-z]/g, (initial) => initial.toUpperCase())
