/** `npm start` with its photos on a volume that does not answer. */
import { execFileSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { main, newFolder, startIn, untilPrinted } from './started.ts'

/** A white square of one pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
  'base64',
)

/** Opening a pipe without a writer never ends. */
const replaceByPipe = (file: string): void => {
  rmSync(file)
  execFileSync('mkfifo', [file])
}

test('it ends within its limit', async () => {
  const folder = newFolder()
  const started = startIn(folder, [main], { SEED: 'demo', PHOTO_PRIORITY: 'normal' })
  await untilPrinted(started, 'Quadrille is ready.')
  const photo = `${/ inventory +(\S+)/.exec(started.output())?.[1]}/stock/mug/photo`
  const statusOf = async (init?: RequestInit) => (await fetch(photo, init)).status
  expect(await statusOf({ method: 'PUT', headers: { 'content-type': 'image/png' }, body: png })).toBe(202)
  await waitUntil(async () => (await statusOf()) === 200)
  for (const file of globSync(join(folder, 'photos', '**', '*.webp'))) replaceByPipe(file)
  expect(await statusOf()).toBe(503)
  started.child.kill('SIGTERM')
  expect(await started.exit).toBeNull() // killed by itself
  expect(started.output()).toContain('quadrille: stopped\n')
})
