/** Where the audit finds the databases and the broker. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findLocations } from '../src/command/locations.ts'

test('URLs with passwords may be in files, and the databases of one server have the names of the services', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const files = { DATABASE_URL: 'postgres://audit:secret@postgres:5432', AMQP_URL: 'amqp://audit:secret@rabbitmq:5672' }
  const variables = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), `${text}\n`)
    return [`${name}_FILE`, join(folder, name)]
  })
  const { databases, amqpUrl } = findLocations({ ...Object.fromEntries(variables), DATABASE_URL: '' })
  expect(databases.order).toBe('postgres://audit:secret@postgres:5432/quadrille_order')
  expect(amqpUrl).toBe(files.AMQP_URL)
})

test('without databases it names the folder that it searched, and the variable that selects another one', () => {
  expect(() => findLocations({ DATA_DIR: '/missing' })).toThrow(
    /^No Quadrille is running in \/missing\. Run npm start, set DATA_DIR to/,
  )
})

test('a file that is missing is named with its variable', () => {
  expect(() => findLocations({ DATABASE_URL_FILE: '/missing/database-url' })).toThrow(
    /^DATABASE_URL_FILE is wrong: ENOENT/,
  )
})
