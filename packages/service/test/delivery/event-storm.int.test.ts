/** Two services that answer each event of the other with another one, although their model has no such cycle. */

import { defineLanguage, event, internal, messagesAtMost, type ServiceModel, uuid } from '@quadrille/messages'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { defineService, startService, stateTable } from '../../src/index.ts'
import { migrateAll } from '../../src/tools.ts'
import { newParcelId } from '../post.ts'
import { migrations } from '../tally/tracker-service.ts'

const data = z.object({ parcelId: uuid, round: z.int() })
const identity = ({ round }: z.output<typeof data>) => `${round}`
const example = { parcelId: '0193b3a0-7c00-7000-8000-000000000001', round: 1 }
const messages = {
  Served: internal('Served', data, { summary: 'a request', identity }),
  Ping: event('Ping', data, { summary: 'one', example, identity }),
  Pong: event('Pong', data, { summary: 'the other', example, identity }),
} as const

const ping = {
  name: 'ping',
  essential: true,
  publishes: ['Ping'],
  consumes: ['Pong'],
  internal: ['Served'],
  causes: { Served: ['Ping'] }, // in fact Pong causes Ping as well
  work: null,
} as const satisfies ServiceModel

const pong = {
  name: 'pong',
  essential: true,
  publishes: ['Pong'],
  consumes: ['Ping'],
  internal: [],
  causes: { Ping: ['Pong'] },
  work: null,
} as const satisfies ServiceModel

const table = defineLanguage({
  name: 'table',
  info: { title: 'Test', description: 'For tests.' },
  messages,
  services: { ping, pong },
  subject: { field: 'parcelId', description: 'the parcel id' },
  secrets: [],
})

const common = {
  language: table,
  migrations,
  tables: stateTable<number>('tally', 'parcel_id'),
}

/** Returns the function that serves, and the database of each service. */
const play = async () => {
  const broker = inProcessBroker({ onError: () => undefined })
  onTestFinished(() => broker.close())
  const databaseOf = async (model: ServiceModel) => {
    const test = await createTestDatabase(inject('postgresUrl'), {
      name: model.name,
      fill: (url) =>
        migrateAll(url, { ...common, model, migrations: { directory: migrations, table: `${model.name}_migration` } }),
    })
    const database = openDatabase({ url: test.url, applicationName: 'test', max: 1, onIdleError: () => undefined })
    onTestFinished(test.drop)
    onTestFinished(() => database.end())
    const env = { DATABASE_URL: test.url, MIGRATE: 'off', PORT: '0' }
    return { database, start: { broker, env, log: pino({ level: 'silent' }) } }
  }
  const databases = { ping: await databaseOf(ping), pong: await databaseOf(pong) }
  let serve = async (_: string): Promise<unknown> => undefined
  const answer = ({ parcelId, round }: z.output<typeof data>) => ({ parcelId, round: round + 1 })
  const pinger = defineService({
    ...common,
    model: ping,
    reactions: {
      Served: (_, { data: first }) => ({ state: first.round, events: [table.draft('Ping', first)] }),
      // @ts-expect-error The compiler rejects an effect that the model lacks.
      Pong: (_, { data: last }) => ({ state: last.round, events: [table.draft('Ping', answer(last))] }),
    },
    wire: ({ dispatch }) => {
      serve = (parcelId) => dispatch(table.draft('Served', { parcelId, round: 0 }), {})
      return {}
    },
  })
  const ponger = defineService({
    ...common,
    model: pong,
    reactions: { Ping: (_, { data: last }) => ({ state: last.round, events: [table.draft('Pong', answer(last))] }) },
  })
  for (const [service, { start }] of [
    [pinger, databases.ping],
    [ponger, databases.pong],
  ] as const) {
    const running = await startService(service, start)
    onTestFinished(() => running.stop())
  }
  return { serve, databases }
}

it('an event storm ends with a dead letter, after as many messages as a request may cause', async () => {
  const { serve, databases } = await play()
  const parcels = [newParcelId(), newParcelId()]
  await Promise.all(parcels.map((parcelId) => serve(parcelId)))
  const deadLetters = () =>
    databases.pong.database.query('select type, reason, attempts from dead_letter order by first_failed_at')
  const stopped = { type: 'Ping', reason: 'event_storm', attempts: 1 }
  await waitFor(async () => expect(await deadLetters()).toEqual([stopped, stopped]))
  // Served, Ping and Pong: the second Ping is the fourth message.
  expect(messagesAtMost(table)).toBe(3)
  expect(await databases.ping.database.query('select distinct state from tally')).toEqual([{ state: 1 }])
  await waitFor(async () => expect(await databases.ping.database.query('select 1 from outbox')).toEqual([]))
})
