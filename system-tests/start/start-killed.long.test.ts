/** `npm start` as a process that is killed at different times. */
import { waitFor } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import { queryIn, serverIn } from './server-in.ts'
import { untilPrinted } from './started.ts'
import { useStart } from './use-start.ts'

const npm = useStart()

test('keeps its state when it is killed', async () => {
  const killed = await npm.startReady()
  await queryIn(npm.folder, 'CREATE TABLE kept AS SELECT 1 AS id')
  killed.child.kill('SIGKILL')
  await killed.exit
  await npm.startReady()
  expect(await queryIn(npm.folder, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('is killed together with Postgres, and starts again', async () => {
  const killed = await npm.startReady()
  await queryIn(npm.folder, 'CREATE TABLE kept AS SELECT 1 AS id')
  process.kill(serverIn(npm.folder).pid, 'SIGKILL')
  killed.child.kill('SIGKILL')
  await killed.exit
  await npm.startReady()
  expect(await queryIn(npm.folder, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
})

test('takes over the Postgres of a start that was killed a moment ago', async () => {
  const killed = npm.start()
  await untilPrinted(killed, 'starting Postgres')
  await waitFor(() => expect(serverIn(npm.folder).pid).toBeGreaterThan(0), { interval: 2 })
  killed.child.kill('SIGKILL')
  await npm.startReady()
  expect(await queryIn(npm.folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('restarts a killed Postgres, on the same port', async () => {
  const started = await npm.startReady()
  await queryIn(npm.folder, 'CREATE TABLE kept AS SELECT 1 AS id')
  const before = serverIn(npm.folder)
  process.kill(before.pid, 'SIGKILL')
  await untilPrinted(started, 'Postgres exited (SIGKILL): restarting it')
  await waitFor(async () => expect(await queryIn(npm.folder, 'SELECT id FROM kept')).toEqual([{ id: 1 }]))
  expect(serverIn(npm.folder).port).toBe(before.port)
  expect(serverIn(npm.folder).pid).not.toBe(before.pid)
})
