/** The cost of a trigger and of its notification for the transactions that store messages. */
import { insertOutbox } from '@quadrille/outbox'
import { type Database, openDatabase, run } from '@quadrille/postgres'
import { Client } from 'pg'
import { type Summary, summarize } from '../../../src/results/statistics.ts'
import type { Context } from '../../comparison.ts'
import { createTrigger, type NotifyWhen } from '../relays/trigger-objects.ts'
import { newMessages } from '../service/store.ts'
import { createOutbox } from './surroundings.ts'

/** When the trigger of each variant notifies. Null without a trigger. */
const variants: Readonly<Record<string, NotifyWhen | null>> = {
  'no trigger': null,
  'trigger, relay awake': 'relay sleeps',
  'trigger, NOTIFY each time': 'each statement',
}

export interface WriterFigures {
  readonly variant: string
  readonly sessions: number
  readonly perSecond: number
  readonly commit: Summary
}

const sessionCounts = [1, 32]
const rounds = 2

/** The commits of single messages by some sessions. The variants alternate in each round. */
export const measureWriters = async (context: Context): Promise<WriterFigures[]> => {
  context.log('writers with triggers and notifications')
  const ms = context.quick ? 150 : 2_000
  const cases = sessionCounts.flatMap((sessions) =>
    Object.entries(variants).map(([variant, when]) => ({ variant, when, sessions, durations: [] as number[] })),
  )
  const repeats = context.quick ? 1 : rounds
  for (let round = 0; round < repeats; round += 1)
    for (const { when, sessions, durations } of cases) {
      await using outbox = await createOutbox(await context.servers.postgres('logical'))
      if (when) await createTriggerOfAwakeRelay(outbox.database, when)
      durations.push(...(await write(outbox.url, sessions, ms)))
    }
  return cases.map(({ variant, sessions, durations }) => ({
    variant,
    sessions,
    perSecond: durations.length / ((repeats * ms) / 1_000),
    commit: summarize(durations),
  }))
}

/** As it is while rows arrive so often. */
const createTriggerOfAwakeRelay = async (database: Database, when: NotifyWhen): Promise<void> => {
  await createTrigger(database, when)
  await database.query('update outbox_reader set awake = true')
}

/** The duration of each commit, ms, while another session listens. */
const write = async (url: string, sessions: number, ms: number): Promise<number[]> => {
  const listener = new Client({ connectionString: url })
  await listener.connect()
  await listener.query('listen outbox')
  const database = openDatabase({ url, applicationName: 'writers', max: sessions, onIdleError: () => undefined })
  const durations: number[] = []
  const writeOne = async () => {
    const begun = performance.now()
    await run(database, insertOutbox(newMessages(1), { leased: 0, leaseMs: 0 }))
    return performance.now() - begun
  }
  await Promise.all(Array.from({ length: sessions }, writeOne)) // opens the connections
  const begun = performance.now()
  const session = async () => {
    while (performance.now() - begun < ms) durations.push(await writeOne())
  }
  await Promise.all(Array.from({ length: sessions }, session))
  await database.end()
  await listener.end()
  return durations
}
