/** Values of AMQP field tables, which have more types than JSON. */

/** Maximum nesting depth. Deeper values are replaced by `…`, because JSON parsers limit the depth. */
const deepest = 50

/**
 * The value as JSON, for people: bytes become base64; decimals and times become the `value` in amqplib's wrapper.
 * Headers of other senders may contain any value.
 */
export const toJson = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1))
  if ('!' in value && 'value' in value) return toJson(value.value, depth + 1)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field, depth + 1)]))
}
