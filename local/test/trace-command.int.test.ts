import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)

test('npm run trace prints an order from the request to the last notification', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['local/scripts/trace.ts'], { cwd: root })
  const [, first = '', ...rest] = stdout.trimEnd().split('\n')
  expect(first).toMatch(/^ +0\.0 +\d+\.\d {2}POST \/orders$/)
  expect(rest[0]).toMatch(/ {4}order: process OrderSubmitted$/)
  expect(rest.filter((line) => line.endsWith('order: process NotificationSent'))).toHaveLength(2)
})
