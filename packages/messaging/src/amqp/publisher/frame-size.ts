/**
 * The size of a message's properties on the wire. They must fit into one frame (AMQP 0-9-1, section 4.2.6.1). A broker
 * closes the connection for a frame that exceeds the negotiated size, together with everything in flight, and amqplib
 * does not check it.
 */
import type { ChannelModel, Options } from 'amqplib'

/** The bytes of a frame without its payload, and the fixed part of a content header. */
const fixedBytes = 8 + 14

/** An upper bound for a field's type and length, or for a value of fixed length. */
const fieldBytes = 10

/** The negotiated maximum frame size in bytes. amqplib exposes it, but not in its types. */
export const frameMaxOf = ({ connection }: ChannelModel): number =>
  (connection as unknown as { frameMax: number }).frameMax

/** @throws {RangeError} if the properties do not fit into a frame of that size. */
export const assertFits = (properties: Options.Publish, frameMax: number): void => {
  if (fixedBytes + sizeOf(properties, maxBytesOf) <= frameMax) return
  const bytes = fixedBytes + sizeOf(properties, Buffer.byteLength)
  if (bytes > frameMax)
    throw new RangeError(`The properties take about ${bytes} bytes, but a frame has only ${frameMax}.`)
}

/** An upper bound for the bytes of a text in UTF-8. Takes a fraction of the time of `Buffer.byteLength`. */
const maxBytesOf = (text: string): number => 3 * text.length

/** An upper bound for the bytes of a value in a field table. */
const sizeOf = (value: unknown, bytesOf: (text: string) => number): number => {
  if (typeof value === 'string') return fieldBytes + bytesOf(value)
  if (typeof value !== 'object' || value === null) return fieldBytes
  if (Buffer.isBuffer(value)) return fieldBytes + value.byteLength
  let bytes = fieldBytes
  for (const name in value) bytes += bytesOf(name) + sizeOf(Reflect.get(value, name), bytesOf)
  return bytes
}
