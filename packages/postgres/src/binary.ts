/**
 * Parameters in the binary formats of their types. They save the server the parsing, and both sides the quotes and escapes of an
 * array's text. The formats are those of the server's functions `…_recv` (for arrays `array_recv` in utils/adt/arrayfuncs.c).
 */
import { types } from 'pg'
import type { MessageWriter } from './message-writer.ts'

/**
 * Writes the bytes of a value. Returns false, after any number of bytes, if it has no exact binary form here, for example an
 * integer that is too large for the type, or text for a number. Then it is written as text, and the server decides.
 */
export type Encoder = (to: MessageWriter, value: unknown) => boolean

/** The encoder of a type, an element type or an array of elements. Undefined if its values are written as text. */
export const encoderOf = (type: number): Encoder | undefined => encoders.get(type)

const text: Encoder = (to, value) => {
  if (typeof value !== 'string') return false
  to.text(value)
  return true
}

const version = 1
const jsonb: Encoder = (to, value) => {
  to.byte(version)
  return text(to, value)
}

const bytea: Encoder = (to, value) => {
  if (!(value instanceof Uint8Array)) return false
  to.bytes(value)
  return true
}

const boolean: Encoder = (to, value) => {
  if (typeof value !== 'boolean') return false
  to.byte(value ? 1 : 0)
  return true
}

const int32: Encoder = (to, value) => {
  if (typeof value !== 'number' || value !== Math.trunc(value) || Math.abs(value) >= 2 ** 31) return false
  to.int32(value)
  return true
}

const int64: Encoder = (to, value) => {
  if (!Number.isSafeInteger(value)) return false
  to.int64(Number(value))
  return true
}

const float64: Encoder = (to, value) => {
  if (typeof value !== 'number') return false
  to.float64(value)
  return true
}

/** Times count in µs from 2000-01-01. */
const timestamptzEpochMs = Date.UTC(2000, 0, 1)
const timestamptz: Encoder = (to, value) =>
  value instanceof Date && int64(to, (value.getTime() - timestamptzEpochMs) * 1_000)

/** The value of a hexadecimal digit, by its code. -1 for other characters. */
const digits = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
)

/** Where the bytes of a UUID begin in its usual form, which has hyphens between some of them. */
const uuidBytes = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const uuidHyphens = [8, 13, 18, 23]

const uuid: Encoder = (to, value) => {
  if (typeof value !== 'string' || value.length !== 36) return false
  for (const at of uuidBytes) {
    const byte = (digitAt(value, at) << 4) | digitAt(value, at + 1)
    if (byte < 0) return false
    to.byte(byte)
  }
  return uuidHyphens.every((at) => value[at] === '-')
}

const digitAt = (text: string, at: number): number => digits[text.charCodeAt(at)] ?? -1

/** An array of one dimension. */
const arrayOf =
  (element: Encoder, elementType: number): Encoder =>
  (to, value) => {
    if (!Array.isArray(value)) return false
    writeArrayHeader(to, value, elementType)
    for (const each of value) if (!writeElement(to, each, element)) return false
    return true
  }

const writeArrayHeader = (to: MessageWriter, values: readonly unknown[], elementType: number): void => {
  const dimensions = values.length === 0 ? 0 : 1
  to.int32(dimensions)
  to.int32(values.includes(null) ? 1 : 0)
  to.int32(elementType)
  if (dimensions === 0) return
  to.int32(values.length)
  to.int32(1) // the index of the first element
}

const writeElement = (to: MessageWriter, value: unknown, encoder: Encoder): boolean => {
  if (value === null) {
    to.int32(-1)
    return true
  }
  const begin = to.beginField()
  const isWritten = encoder(to, value)
  to.endField(begin)
  return isWritten
}

const { builtins } = types
/** Each type, and the type of its arrays, for which pg has no name. */
const pairs: readonly (readonly [type: number, arrayType: number, encoder: Encoder])[] = [
  [builtins.BOOL, 1000, boolean],
  [builtins.BYTEA, 1001, bytea],
  [builtins.INT4, 1007, int32],
  [builtins.TEXT, 1009, text],
  [builtins.INT8, 1016, int64],
  [builtins.FLOAT8, 1022, float64],
  [builtins.TIMESTAMPTZ, 1185, timestamptz],
  [builtins.JSON, 199, text],
  [builtins.UUID, 2951, uuid],
  [builtins.JSONB, 3807, jsonb],
]
const encoders = new Map(
  pairs.flatMap(([type, arrayType, encoder]): [number, Encoder][] => [
    [type, encoder],
    [arrayType, arrayOf(encoder, type)],
  ]),
)
