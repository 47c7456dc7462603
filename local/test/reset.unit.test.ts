import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@quadrille/service'
import { expect, onTestFinished, test } from 'vitest'
import { readOptions } from '../src/options.ts'
import { reset } from '../src/reset.ts'

const aFolderWithState = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-reset-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ['lock', 'state']) writeFileSync(join(folder, name), '')
  return folder
}

const silent = () => undefined

test('deletes everything except for the lock', async () => {
  const folder = aFolderWithState()
  await reset(readOptions({ DATA_DIR: folder }), silent)
  expect(readdirSync(folder)).toEqual(['lock'])
})

test.each([
  ['DATABASE_URL', 'postgres://127.0.0.1/quadrille'],
  ['AMQP_URL', 'amqp://127.0.0.1'],
])('deletes nothing if %s is set, because some state is on another server', async (name, url) => {
  const folder = aFolderWithState()
  const refused = await reset(readOptions({ DATA_DIR: folder, [name]: url }), silent).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ConfigError)
  expect(refused).toHaveProperty('message', expect.stringMatching(new RegExp(`^--reset is for .*${name}.*$`)))
  expect(readdirSync(folder)).toEqual(['lock', 'state'])
})
