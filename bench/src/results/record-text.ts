/**
 * A record as JSON, in which a row of a table, a series of a chart and a figure take one line each, so that the differences
 * between two records can be read.
 */
export const recordText = (record: object): string => `${indented(JSON.parse(JSON.stringify(record)), '')}\n`

/** Of an object within another, and of an array of rows, each part has its own line. */
const indented = (value: unknown, margin: string): string => {
  const text = JSON.stringify(value)
  const isOneLine = text.lastIndexOf('{') <= 0 && !text.includes('[["')
  if (isOneLine || typeof value !== 'object' || value === null) return text
  const inner = `${margin}  `
  const parts = Array.isArray(value)
    ? value.map((item) => indented(item, inner))
    : Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}: ${indented(part, inner)}`)
  const [begin, end] = Array.isArray(value) ? '[]' : '{}'
  return `${begin}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${end}`
}
