/** Parameters of statements: which values can be written, and how they are written. */
import type { Encoder } from './binary.ts'
import type { MessageWriter } from './message-writer.ts'

/**
 * Rejects a value that can't be written. Its statement would fail without reaching the server, which would then run the others
 * that are sent with it.
 * @throws {TypeError}
 */
export const assertWritable = (value: unknown): void => {
  if (Array.isArray(value)) value.forEach(assertWritable)
  else if (!isWritable(value))
    throw new TypeError(`A parameter of the type ${typeof value} can't be written. Pass JSON as text.`)
}

const isWritable = (value: unknown): boolean => {
  const type = typeof value
  if (type === 'object') return value === null || value instanceof Date || value instanceof Uint8Array
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'undefined'
}

/** The format of a parameter (manual, 54.7, Bind). */
const [asText, asBinary] = [0, 1]

/** Writes a value and its length, in the binary format if the encoder can do that, else as text. Returns the format. */
export const writeParameter = (to: MessageWriter, value: unknown, encoder: Encoder | undefined): number => {
  if (value === null || value === undefined) {
    to.int32(-1)
    return asText
  }
  const begin = to.beginField()
  const isBinary = writeBinary(to, value, encoder)
  if (!isBinary) {
    to.revertTo(begin)
    to.text(textOf(value))
  }
  to.endField(begin)
  return isBinary ? asBinary : asText
}

const writeBinary = (to: MessageWriter, value: unknown, encoder: Encoder | undefined): boolean => {
  if (!(value instanceof Uint8Array)) return encoder?.(to, value) ?? false
  to.bytes(value)
  return true
}

/** The value as the input function of any type reads it. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `{${value.map(elementOf).join(',')}}`
  if (value instanceof Date) return timeOf(value)
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return String(value)
}

/** An element of an array: quoted, with its quotes and backslashes escaped (manual, 8.15.6). */
const elementOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL'
  return Array.isArray(value) ? textOf(value) : `"${textOf(value).replace(/["\\]/g, '\\$&')}"`
}

/** A time in ISO 8601, as Postgres reads it: years have no sign, and those before year 1 have an era (manual, 8.5.1). */
const timeOf = (time: Date): string => {
  const [, year = '', rest = ''] = /^([+-]?\d+)(.*)$/.exec(Number.isNaN(time.getTime()) ? '' : time.toISOString()) ?? []
  if (Number(year) > 0) return `${year.replace(/^\+0*/, '')}${rest}`
  return year ? `${String(1 - Number(year)).padStart(4, '0')}${rest} BC` : String(time)
}
