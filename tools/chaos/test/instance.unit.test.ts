import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tcpProxy } from '@quadrille/testing'
import { expect, onTestFinished, test } from 'vitest'
import { Instance } from '../src/world/instance.ts'

/** Loaded before a service, it runs in its place: it listens, and ignores SIGTERM. */
const deaf = `
  process.on('SIGTERM', () => undefined)
  setInterval(() => undefined, 1000)
  console.log('{"url":"http://127.0.0.1","msg":"listening"}')
  await new Promise(() => undefined)`

test('a service that ignores SIGTERM is killed, and reported', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'instance-'))
  const logFile = join(folder, 'log')
  writeFileSync(join(folder, 'deaf.mjs'), deaf)
  const [toPostgres, toRabbitMq] = [await tcpProxy(1), await tcpProxy(1)]
  const env = { NODE_OPTIONS: `--import ${join(folder, 'deaf.mjs')}` }
  const options = { service: 'order' as const, number: 1, port: 0, toPostgres, toRabbitMq, logFile, env }
  const instance = new Instance({ ...options, stopWithinMs: 50 })
  onTestFinished(() => instance.close())
  await instance.start()
  await instance.stop()
  expect(instance.unexpectedExits).toEqual(['did not exit within 0.05 s when it was stopped'])
  expect(instance.signal('SIGCONT')).toBe(false)
})
