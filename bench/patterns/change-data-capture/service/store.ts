/** Transactions that change a state and send messages. */
import { randomUUID } from 'node:crypto'
import type { Inserted, Outgoing } from '@quadrille/outbox'
import type { Database, Statement } from '@quadrille/postgres'
import { nowMs } from '../../now.ts'
import type { OutboxRelay } from '../relays/port.ts'
import { events } from './topology.ts'

/** The state of the service. A message must arrive for each of its rows. */
export const workTable = 'create table work (id uuid primary key)'

/** About the size of an event of the shop, bytes. */
const fillerBytes = 400

export const newMessages = (count: number): Outgoing[] =>
  Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'WorkDone',
    subject: randomUUID(),
    traceparent: undefined,
    to: { exchange: events, routingKey: '' },
    body: JSON.stringify({ filler: 'x'.repeat(fillerBytes) }),
  }))

/** Resolves to the time of the commit, ms, as the service sees it. */
export const store = async (database: Database, relay: OutboxRelay, messages: readonly Outgoing[]): Promise<number> => {
  const handoff = relay.prepare(messages)
  try {
    const statements = [insertWork(messages), ...handoff.statements]
    const inserted = await database.transaction((sql) => sql.commit<Inserted>(statements))
    const committedAtMs = nowMs()
    handoff.committed(inserted)
    return committedAtMs
  } catch (error) {
    handoff.abandoned()
    throw error
  }
}

const insertWork = (messages: readonly Outgoing[]): Statement => ({
  text: 'insert into work select unnest($1::uuid[])',
  values: [messages.map(({ id }) => id)],
})
