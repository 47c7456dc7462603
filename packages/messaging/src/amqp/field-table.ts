/** Values of AMQP field tables, which know more types than JSON. */

/** Nobody reads deeper, and what parses JSON may not get deeper. */
const deepest = 50

/**
 * The value as JSON has it, for people to read: bytes become base64, a decimal and a time the `value` that amqplib wraps them in.
 * Senders put anything into headers, so nothing is expected of it.
 */
export const toJson = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1))
  if ('!' in value && 'value' in value) return toJson(value.value, depth + 1)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field, depth + 1)]))
}
