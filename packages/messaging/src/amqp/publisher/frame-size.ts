/**
 * How large the properties of a message are on the wire. They go in one frame (AMQP 0-9-1, section 4.2.6.1), and a broker closes
 * the connection for a frame that is larger than agreed, with everything else on its way; amqplib sends it all the same.
 */
import type { ChannelModel, Options } from 'amqplib'

/** What a frame has beside its payload, and the fixed part of a content header, bytes. */
const fixedBytes = 8 + 14

/** Of a field's type and length, or of a value of fixed length; never less than it takes. */
const fieldBytes = 10

/** The largest frame that was agreed upon with the broker, bytes. amqplib shows it, but doesn't say so in its types. */
export const frameMaxOf = ({ connection }: ChannelModel): number =>
  (connection as unknown as { frameMax: number }).frameMax

/** @throws {RangeError} where the properties don't fit into a frame of that size. */
export const assertFits = (properties: Options.Publish, frameMax: number): void => {
  const bytes = fixedBytes + sizeOf(properties)
  if (bytes > frameMax) throw new RangeError(`The properties have about ${bytes} bytes, and a frame has ${frameMax}.`)
}

/** About how many bytes a value takes in a field table, and never less than it does. */
const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return fieldBytes + Buffer.byteLength(value)
  if (typeof value !== 'object' || value === null) return fieldBytes
  if (Buffer.isBuffer(value)) return fieldBytes + value.byteLength
  const fields = Object.entries(value).map(([name, field]) => Buffer.byteLength(name) + sizeOf(field))
  return fields.reduce((sum, bytes) => sum + bytes, fieldBytes)
}
