import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '@quadrille/service'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { readOptions } from '../src/options.ts'
import { serviceEnvironment } from '../src/services.ts'

const photosDirectory = (env: Record<string, string>): string => {
  const variables = serviceEnvironment(readOptions(env), env)
  return readConfig(z.object({ PHOTOS_DIR: z.string() }), variables).PHOTOS_DIR
}

test('photos are in DATA_DIR, unless the user sets another folder, also as a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-variables-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'photos-dir')
  writeFileSync(file, '/from-the-file\n')
  expect(photosDirectory({ DATA_DIR: '/data' })).toBe('/data/photos')
  expect(photosDirectory({ PHOTOS_DIR: '/photos' })).toBe('/photos')
  expect(photosDirectory({ PHOTOS_DIR_FILE: file })).toBe('/from-the-file')
})
