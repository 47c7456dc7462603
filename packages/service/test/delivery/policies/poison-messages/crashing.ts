/** A service whose process ends when it handles the parcel of a certain sender. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { expect, inject, onTestFinished } from 'vitest'
import { aParcel, draft, type Message, newParcelId, seal } from '../../../post.ts'

const script = new URL('crashing-service.ts', import.meta.url)
const { PATH, NODE_COMPILE_CACHE } = process.env

export const parcelSent = (senderId: string): Message<'ParcelSent'> => {
  const parcel = aParcel(newParcelId())
  const ordered = { ...parcel, sender: { ...parcel.sender, id: senderId } }
  return seal(draft('ParcelSent', ordered), { service: 'counter', now: noon })
}

interface Fixture {
  readonly database: Database
  /** Starts the service. Resolves to its process when it has started. */
  start(): Promise<ChildProcess>
}

export const openFixture = async (env: Record<string, string> = {}): Promise<Fixture> => {
  const test = await createTestDatabase(inject('postgresUrl'))
  const database = openDatabase({ url: test.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  const children: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL')
    await database.end()
    await test.drop()
  })
  const start = async () => {
    const MIGRATE = children.length === 0 ? 'on' : 'off'
    const child = fork(script, { env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: test.url, MIGRATE, ...env } })
    children.push(child)
    await Promise.race([once(child, 'message'), once(child, 'exit')])
    return child
  }
  return { database, start }
}

/** Starts the service again after each crash, until the message is parked. Resolves to the number of crashes. */
export const untilParked = async ({ database, start }: Fixture, first: ChildProcess): Promise<number> => {
  let [child, crashes] = [first, 0]
  const isParked = async () => {
    if (child.exitCode !== null) {
      expect(child.exitCode).toBe(66)
      crashes += 1
      child = await start()
    }
    return (await database.query('select 1 from dead_letter')).length > 0
  }
  await waitUntil(isParked, { timeout: 280_000 })
  return crashes
}

export const expectOnlyThePoisonToBeParked = async (
  { database }: Fixture,
  poison: Message,
  good: readonly Message[],
) => {
  const deadLetters = await database.query('select reason, message_id, attempts from dead_letter')
  expect(deadLetters).toEqual([{ reason: 'kills_its_consumer', message_id: poison.id, attempts: 1 }])
  const handled = async () =>
    (await database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id)
  await waitFor(async () => expect((await handled()).sort()).toEqual(good.map(({ subject }) => subject).sort()))
  await waitFor(async () => expect(await database.query('select 1 from suspect')).toEqual([]))
}

export const good = () => Array.from({ length: 20 }, () => parcelSent('fine'))
