import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

test("the definitions for the demo's RabbitMQ are up to date with the choreography", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['deploy/src/definitions.ts'], { cwd: root })
  expect(readFileSync(`${root}deploy/rabbitmq/definitions.json`, 'utf8')).toBe(stdout)
})
