/** Values of AMQP field tables, which know more types than JSON. */

/**
 * The value as JSON has it, for people to read: bytes become base64, a decimal and a time the `value` that amqplib wraps them in.
 * Senders put anything into headers, so nothing is expected of it.
 */
export const toJson = (value: unknown): unknown => {
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'object' && value !== null) return tableToJson(value)
  return value
}

const tableToJson = (table: object): unknown => {
  if ('!' in table && 'value' in table) return toJson(table.value)
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, toJson(value)]))
}
