/** The log that the server keeps for a slot without a reader, with and without a limit. */
import type { Publisher } from '@quadrille/messaging'
import { insertOutbox } from '@quadrille/outbox'
import { run } from '@quadrille/postgres'
import type { Client } from 'pg'
import type { Context } from '../../comparison.ts'
import { untilEqual } from '../../until.ts'
import { log as logRelay } from '../relays/log.ts'
import { ensureSlot, readSlot } from '../relays/slot.ts'
import { newMessages } from '../service/store.ts'
import { createOutbox } from './surroundings.ts'

export interface UnreadSlot {
  readonly limitMb: number | null
  /** The most that was kept before a checkpoint, MB. */
  readonly keptMb: number
  /** Stored messages. A reader that came later has published all of them. */
  readonly messages: number
  /** As Postgres reports it at the end. */
  readonly status: string
}

const limitMb = 16
const batch = 4_000

export const measureUnreadSlots = async (context: Context): Promise<UnreadSlot[]> => {
  context.log('a slot without a reader')
  const { session } = await context.servers.postgres('logical')
  const without = await measureUnreadSlot(context, null)
  await setLimit(session, `'${limitMb}MB'`)
  const limited = await measureUnreadSlot(context, limitMb)
  await setLimit(session, '-1')
  return [without, limited]
}

const setLimit = async (session: Client, limit: string): Promise<void> => {
  await session.query(`alter system set max_slot_wal_keep_size = ${limit}`)
  await session.query('select pg_reload_conf()')
}

/** @throws if the reader that comes later does not publish all messages. */
const measureUnreadSlot = async ({ servers, quick }: Context, limit: number | null): Promise<UnreadSlot> => {
  const postgres = await servers.postgres('logical')
  const messages = quick ? 4_000 : 80_000
  await using outbox = await createOutbox(postgres)
  const { url, database } = outbox
  await ensureSlot(database)
  let kept = 0
  for (let stored = batch; stored <= messages; stored += batch) {
    await run(database, insertOutbox(newMessages(batch), { leased: 0, leaseMs: 0 }))
    kept = Math.max(kept, (await readSlot(database))?.retained ?? 0)
    await postgres.session.query('checkpoint') // it removes the log that is not kept, and checks the limit
  }
  const status = (await readSlot(database))?.wal_status ?? 'none'
  if (limit !== null && !quick && status !== 'lost')
    throw new Error(`The slot without a reader is ${status}, not lost.`)
  const published = new Set<string>()
  const publisher: Publisher = {
    publish: async (_, { id }) => void published.add(id),
    waitingFor: () => null,
    outboxAsQueue: null,
  }
  const relay = logRelay({ url, database, publisher, onError: () => undefined })
  await relay.start()
  await untilEqual(() => published.size, messages)
  await relay.stop()
  return { limitMb: limit, keptMb: kept / 1e6, messages, status }
}
