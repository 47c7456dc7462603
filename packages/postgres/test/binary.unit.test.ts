import { types } from 'pg'
import { expect, test } from 'vitest'
import { encoderOf } from '../src/binary.ts'
import { MessageWriter } from '../src/message-writer.ts'

const { BOOL, FLOAT8, INT4, INT8, JSONB, TEXT, TIMESTAMPTZ, UUID, NUMERIC } = types.builtins
const byteaArray = 1001
const uuidArray = 2951

/** The bytes of the value in hexadecimal. Undefined if it is written as text. */
const encoded = (type: number, value: unknown): string | undefined => {
  const to = new MessageWriter()
  return encoderOf(type)?.(to, value) ? Buffer.from(to.written()).toString('hex') : undefined
}

test.each([
  [BOOL, true, '01'],
  [INT4, -2, 'fffffffe'],
  [INT8, -2, 'fffffffffffffffe'],
  [INT8, Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
  [FLOAT8, 0.5, '3fe0000000000000'],
  [TEXT, 'é', 'c3a9'],
  [JSONB, '{}', '017b7d'],
  [TIMESTAMPTZ, new Date('2000-01-01T00:00:00.001Z'), '00000000000003e8'],
  [TIMESTAMPTZ, new Date('1999-12-31T23:59:59.999Z'), 'fffffffffffffc18'],
  [UUID, '00112233-4455-6677-8899-aAbBcCdDeEfF', '00112233445566778899aabbccddeeff'],
  [byteaArray, [Uint8Array.of(1, 2)], '0000000100000000000000110000000100000001000000020102'],
  [uuidArray, [], '000000000000000000000b86'],
  [uuidArray, [null], '000000010000000100000b860000000100000001ffffffff'],
])('a value of the type %i has a binary format: %j', (type, value, bytes) => {
  expect(encoded(type, value)).toBe(bytes)
})

test.each([
  [BOOL, 'true'],
  [INT4, 2 ** 31],
  [INT4, 0.5],
  [INT8, 2 ** 53],
  [INT8, '1'],
  [TIMESTAMPTZ, '2000-01-01'],
  [TIMESTAMPTZ, new Date(Number.NaN)],
  [TIMESTAMPTZ, new Date(8_640_000_000_000_000)],
  [UUID, '00112233445566778899aabbccddeeff'],
  [UUID, '00112233-4455-6677-8899-aabbccddeef-'],
  [UUID, '00112233x4455-6677-8899-aabbccddeeff'],
  [uuidArray, ['a']],
  [uuidArray, [[]]],
  [uuidArray, '{}'],
  [NUMERIC, 1],
])('a value of the type %i is written as text: %j', (type, value) => {
  expect(encoded(type, value)).toBeUndefined()
})
