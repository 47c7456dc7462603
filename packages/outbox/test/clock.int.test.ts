/** The clock of Postgres was an hour ahead, and was then set back. */
import { expect, it, onTestFinished } from 'vitest'
import { Relay } from '../src/index.ts'
import { useDatabase } from './a-database.ts'

const given = useDatabase()

it('rows from before the clock was set back are backlog and are sent, but a scheduled replay waits', async () => {
  const { database } = given
  await database.query(
    `insert into outbox (id, type, subject, exchange, routing_key, body, letter_id, created_at, leased_until)
     select gen_random_uuid(), type, gen_random_uuid(), 'stacks.events', '', '{}', letter_id,
            now() + interval '1 hour', now() + interval '1 hour'
     from (values ('BooksLent', null), ('BooksReturned', gen_random_uuid())) as message (type, letter_id)`,
  )
  const sent: string[] = []
  const publish = async (_to: unknown, { type }: { readonly type: string }) => void sent.push(type)
  let waitsFor: string | null = 'a queue'
  const relay = new Relay({
    database,
    publisher: { publish, waitingFor: () => waitsFor, outboxAsQueue: null },
    ...{ service: 'stacks', redactText: String, sweepEveryMs: 20 },
    ...{ onError: (error: unknown) => expect.fail(String(error)), storeUnsendable: () => Promise.resolve() },
  })
  relay.start()
  onTestFinished(() => relay.stop())
  const until = <T>(read: () => T) => expect.poll(read, { interval: 10 })
  await until(() => relay.backlog()).toEqual({ rows: 1, oldestAgeMs: 0 })
  waitsFor = null
  await until(() => database.query('select type from outbox')).toEqual([{ type: 'BooksReturned' }])
  expect(sent).toEqual(['BooksLent'])
})
