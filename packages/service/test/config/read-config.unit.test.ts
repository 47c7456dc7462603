import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { integer } from '../../src/config/integer.ts'
import { readConfig } from '../../src/config/read-config.ts'

const schema = z.object({
  AMQP_URL: z.url({ error: 'must be a URL' }).describe('RabbitMQ'),
  PORT: integer(0, 65_535).default(3000),
})

const fileWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'secret')
  writeFileSync(file, text)
  return file
}

test('a variable is read from a file, without the line break at its end', () => {
  const env = { AMQP_URL_FILE: fileWith('amqp://localhost\n'), AMQP_URL: '', PORT_FILE: fileWith('3001') }
  expect(readConfig(schema, env)).toEqual({ AMQP_URL: 'amqp://localhost', PORT: 3001 })
})

test('the content of a file is checked like the value of a variable, and errors do not show it', () => {
  expect(() => readConfig(schema, { AMQP_URL_FILE: fileWith('my secret') })).toThrow(
    /^AMQP_URL is wrong: must be a URL$/,
  )
  expect(() => readConfig(schema, { AMQP_URL_FILE: fileWith('\n') })).toThrow(/^AMQP_URL is not set: RabbitMQ$/)
})

test('a missing file is an error, and so is a variable with a file and a value; all errors are listed', () => {
  const file = fileWith('3001')
  const read = () => readConfig(schema, { AMQP_URL_FILE: '/nowhere/secret', PORT: '3000', PORT_FILE: file })
  expect(read).toThrow(/^AMQP_URL_FILE is wrong: ENOENT.*'\/nowhere\/secret'\nPORT and PORT_FILE are both set/)
  const withWrongPort = () => readConfig(schema, { AMQP_URL_FILE: '/nowhere/secret', PORT: 'x' })
  expect(withWrongPort).toThrow(/^AMQP_URL_FILE is wrong: .+\nPORT is wrong: must be a whole number from 0 to 65535$/)
})

test.each(['0x10', '1e3', '5.0', '-1', '+1', ' ', '65536', '9'.repeat(400)])('the whole number %j is wrong', (PORT) => {
  expect(() => readConfig(schema, { AMQP_URL: 'amqp://localhost', PORT })).toThrow(
    /^PORT is wrong: must be a whole number from 0 to 65535$/,
  )
})

test.each([
  ['0', 0],
  ['65535', 65_535],
  [' 3001\r', 3001],
])('the whole number %j is %i', (PORT, expected) => {
  expect(readConfig(schema, { AMQP_URL: 'amqp://localhost', PORT })).toMatchObject({ PORT: expected })
})
