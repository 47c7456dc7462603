/** `npm start` as a process that is killed at different times. */
import { beforeEach, expect, test, vi } from 'vitest'
import { queryIn, serverIn } from './server-in.ts'
import { main, newFolder, type Started, startIn, untilPrinted } from './started.ts'

let folder = ''

beforeEach(() => {
  folder = newFolder()
})

const startReady = async (): Promise<Started> => {
  const started = startIn(folder, [main])
  await untilPrinted(started, 'ready')
  return started
}

test('keeps its state when it is killed', async () => {
  const killed = await startReady()
  await queryIn(folder, 'CREATE TABLE kept AS SELECT 1 AS id')
  killed.child.kill('SIGKILL')
  await killed.exit
  await startReady()
  expect(await queryIn(folder, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('is killed together with Postgres, and starts again', async () => {
  const killed = await startReady()
  await queryIn(folder, 'CREATE TABLE kept AS SELECT 1 AS id')
  process.kill(serverIn(folder).pid, 'SIGKILL')
  killed.child.kill('SIGKILL')
  await killed.exit
  await startReady()
  expect(await queryIn(folder, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('takes over the Postgres of a start that was killed a moment ago', async () => {
  const killed = startIn(folder, [main])
  await untilPrinted(killed, 'starting Postgres')
  await vi.waitFor(() => expect(serverIn(folder).pid).toBeGreaterThan(0), { timeout: 20_000, interval: 2 })
  killed.child.kill('SIGKILL')
  await startReady()
  expect(await queryIn(folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('restarts a killed Postgres, on the same port', async () => {
  const started = await startReady()
  await queryIn(folder, 'CREATE TABLE kept AS SELECT 1 AS id')
  const before = serverIn(folder)
  process.kill(before.pid, 'SIGKILL')
  await untilPrinted(started, 'Postgres exited (SIGKILL): restarting it')
  await vi.waitFor(async () => expect(await queryIn(folder, 'SELECT id FROM kept')).toEqual([{ id: 1 }]), {
    timeout: 20_000,
  })
  expect(serverIn(folder).port).toBe(before.port)
  expect(serverIn(folder).pid).not.toBe(before.pid)
})
