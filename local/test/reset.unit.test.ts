import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ConfigError } from '@quadrille/service'
import { expect, onTestFinished, test } from 'vitest'
import { readOptions } from '../src/options.ts'
import { reset } from '../src/reset.ts'

const aFolderWith = (...files: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-reset-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const path of files.map((name) => join(folder, name))) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  }
  return folder
}

const locks = ['lock', 'lock.pid']
const photo = 'photos/0b6f2a5e-3c1d-4e8f-9a7b-5d2c4f6e8a01/photo/400.jpeg'
const state = ['postgres/PG_VERSION', 'postgres.log', 'postgres.path', 'postgres.path.new', photo]

const silent = () => undefined

test('deletes all files of the shop, except for the lock', async () => {
  const folder = aFolderWith(...locks, ...state)
  await reset(readOptions({ DATA_DIR: folder }), silent)
  expect(readdirSync(folder, { recursive: true })).toEqual([...locks, 'photos'])
})

test('deletes the photos in a folder to which photos is a link', async () => {
  const [folder, target] = [aFolderWith('lock'), aFolderWith(photo, 'notes.txt')]
  symlinkSync(join(target, 'photos'), join(folder, 'photos'))
  await reset(readOptions({ DATA_DIR: folder }), silent)
  expect(readdirSync(target, { recursive: true }).toSorted()).toEqual(['notes.txt', 'photos'])
})

test('keeps files that the shop has not written, also among the photos', async () => {
  const others = ['notes.txt', 'photos/holiday.jpeg', 'source/main.ts']
  const folder = aFolderWith(...locks, ...state, ...others)
  await reset(readOptions({ DATA_DIR: folder }), silent)
  const left = readdirSync(folder, { recursive: true }).filter((path) => !['photos', 'source'].includes(String(path)))
  expect(left.toSorted()).toEqual([...locks, ...others].toSorted())
})

test.each([
  ['DATABASE_URL', 'postgres://127.0.0.1/quadrille'],
  ['AMQP_URL', 'amqp://127.0.0.1'],
])('deletes nothing if %s is set, because some state is on another server', async (name, url) => {
  const folder = aFolderWith('lock', 'postgres.log')
  const refused = await reset(readOptions({ DATA_DIR: folder, [name]: url }), silent).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ConfigError)
  expect(refused).toHaveProperty('message', expect.stringMatching(new RegExp(`^--reset is for .*${name}.*$`)))
  expect(readdirSync(folder)).toEqual(['lock', 'postgres.log'])
})
