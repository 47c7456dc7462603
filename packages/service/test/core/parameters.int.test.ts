/** Parameters in the binary formats of their types. */
import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, sized } from '@quadrille/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

let database: Database
let drop: () => Promise<void>
beforeAll(async () => {
  const test = await createTestDatabase(inject('postgresUrl'))
  database = openDatabase({ url: test.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  drop = test.drop
})
afterAll(async () => {
  await database.end()
  await drop()
})

const numRuns = sized({ quick: 20, full: 200 })
let statements = 0

/**
 * Sends the value twice on the same connection: as text, because the types of a new statement are unknown, and then in the
 * binary format. Returns the row or the code of the error for each. A number makes each statement a new one.
 */
const readTwice = (type: string, value: unknown): Promise<unknown[]> => {
  statements += 1
  const text = `select ${statements} as statement, $1::${type}::text as read, $1::${type} as value`
  const read = () =>
    database.transaction(async (sql) => (await sql.query(text, [value]))[0]).catch(({ code }: { code: string }) => code)
  return read().then(async (first) => [first, await read()])
}

const within = (least: Date, last: Date) => fc.date({ min: least, max: last, noInvalidDate: true })
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''))
const json = fc.json().filter((value) => !value.includes('\\u0000'))
const bytes = fc.uint8Array().map((value) => Buffer.from(value))

const types: [type: string, values: fc.Arbitrary<unknown>][] = [
  ['text', text],
  ['uuid', fc.uuid()],
  ['boolean', fc.boolean()],
  ['integer', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  ['bigint', fc.maxSafeInteger()],
  ['float', fc.double().map((value) => value + 0)], // not -0, which has no text
  ['timestamptz', within(new Date(-200_000_000_000_000), new Date(8_640_000_000_000_000))],
  ['json', json],
  ['jsonb', json],
  ['bytea', bytes],
]

describe.each(types)('%s', (type, values) => {
  it('is read as its text is', async () => {
    const property = fc.asyncProperty(fc.option(values), async (value) => {
      const [fromText, fromBinary] = await readTwice(type, value)
      expect(fromText).toMatchObject({ read: value === null ? null : expect.any(String) })
      expect(fromBinary).toEqual(fromText)
    })
    await fc.assert(property, { numRuns })
  })

  it('is read as its text is in arrays', async () => {
    const property = fc.asyncProperty(fc.array(fc.option(values)), async (value) => {
      const [fromText, fromBinary] = await readTwice(`${type}[]`, value)
      expect(fromText).toMatchObject({ read: expect.any(String) })
      expect(fromBinary).toEqual(fromText)
    })
    await fc.assert(property, { numRuns })
  })
})

describe.each([
  ['integer', 2 ** 31, '22003'],
  ['integer', -(2 ** 31) - 1, '22003'],
  ['integer', 1.5, '22P02'],
  ['bigint', 2 ** 63, '22003'],
  ['bigint', 1.5, '22P02'],
  ['uuid', 'not a uuid', '22P02'],
  ['uuid', 'ffffffff-ffff-ffff-ffff-fffffffffffg', '22P02'],
  ['boolean', 'perhaps', '22P02'],
  ['timestamptz', new Date(Number.NaN), '22007'],
  ['timestamptz', new Date(-8_640_000_000_000_000), '22008'],
  ['json', '{', '22P02'],
  ['jsonb', '{', '22P02'],
  ['text', 'a\0b', '22021'],
])('%s', (type, value, code) => {
  it(`rejects ${JSON.stringify(value)} with the same error, whether its types are known or not`, async () => {
    expect(await readTwice(type, value)).toEqual([code, code])
    expect(await readTwice(`${type}[]`, [value])).toEqual([code, code])
  })
})

it.each([
  ['uuid', '0F0E0D0C-0b0a-0908-0706-050403020100', '0f0e0d0c-0b0a-0908-0706-050403020100'],
  ['uuid', '{0f0e0d0c0b0a09080706050403020100}', '0f0e0d0c-0b0a-0908-0706-050403020100'],
  ['bigint', '1234567890123', '1234567890123'],
  ['timestamptz', '2026-11-27T12:00:00.123456Z', '2026-11-27 12:00:00.123456+00'],
  ['boolean', 'yes', 'true'],
  ['text', 12.5, '12.5'],
  ['text', true, 'true'],
  ['numeric', 1.25, '1.25'],
  ['numeric[]', [1.25, null, '3'], '{1.25,NULL,3}'],
  [
    'integer[]',
    [
      [1, 2],
      [3, 4],
    ],
    '{{1,2},{3,4}}',
  ],
])('%s is also read from %j', async (type, value, read) => {
  await database.query("select set_config('timezone', 'UTC', false)")
  expect(await readTwice(type, value)).toMatchObject([{ read }, { read }])
})
