/** When a suspected poison message is handled, and how often it counts as started. */
import type { Database } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'
import type { PostgresAvailability } from '../../../../src/core/postgres-availability.ts'
import { Incoming } from '../../../../src/delivery/incoming.ts'
import { abandoned, applied, type Outcome } from '../../../../src/delivery/outcome.ts'
import { isolatePoisonMessages } from '../../../../src/delivery/policies/poison-messages/isolate.ts'
import { aDatabase } from '../../../dead-letters/table/a-database.ts'
import { post } from '../../../post.ts'
import { aDelivery } from '../../a-delivery.ts'

type Retry = PostgresAvailability['retryWhileUnavailable']

interface Options {
  readonly retryWhileUnavailable?: Retry
  readonly aloneMs?: number
  readonly around?: (database: Database) => Database
}

const open = async ({ retryWhileUnavailable = (work) => work(), aloneMs = 10_000, around }: Options = {}) => {
  const database = await aDatabase()
  const log: Record<string, unknown>[] = []
  const recordSuccess = vi.fn()
  const isolate = isolatePoisonMessages({
    ...{ queue: 'tracker.inbox', database: around?.(database) ?? database },
    availability: { retryWhileUnavailable, recordSuccess },
    ...{ language: post, aloneMs },
    log: pino({}, { write: (line: string) => void log.push(JSON.parse(line)) }),
  })
  /** Handles a suspect. Returns its outcome, and how often it counted as started meanwhile. */
  const handle = async (): Promise<readonly [Outcome | undefined, readonly unknown[]]> => {
    let counted: readonly unknown[] = []
    const [outcome] = await isolate(async () => {
      counted = await database.query('select begun from suspect')
      return [applied]
    })([aSuspect()])
    return [outcome, counted]
  }
  return { isolate, handle, database, log, recordSuccess }
}

const aSuspect = () => new Incoming(aDelivery({}, { crashes: 3 }), post)

/** Postgres commits a start, and the connection ends before the answer arrives. */
const losingTheFirstAnswer = (database: Database): Database => {
  let isLost = false
  const query = async <Row>(text: string, values?: readonly unknown[]) => {
    const rows = await database.query<Row>(text, values)
    if (isLost || !text.startsWith('insert')) return rows
    isLost = true
    throw new Error('the connection ended')
  }
  return { ...database, query }
}

it('the record of a suspect whose process crashed after settling it is deleted after a week', async () => {
  const { handle, database } = await open()
  await database.query(
    `insert into suspect (queue, fingerprint, begun, begun_at)
     select 'tracker.inbox', days::text, 1, now() - days * interval '1 day' from unnest(array[6, 8]) as days`,
  )
  await handle()
  expect(await database.query('select fingerprint from suspect')).toEqual([{ fingerprint: '6' }])
})

it('the suspects of two services in a process are handled one at a time', async () => {
  const running: string[] = []
  const overlaps: string[][] = []
  const handleIn = async (service: string) => {
    const { isolate, database } = await open()
    return isolate(async () => {
      running.push(service)
      for (let asked = 0; asked < 20; asked += 1) await database.query('select 1') // the other one could start meanwhile
      overlaps.push([...running])
      running.pop()
      return [applied]
    })
  }
  const [counter, tracker] = [await handleIn('counter'), await handleIn('tracker')]
  expect(await Promise.all([counter([aSuspect()]), tracker([aSuspect()])])).toEqual([[applied], [applied]])
  expect(overlaps.toSorted()).toEqual([['counter'], ['tracker']])
})

it('a suspect whose database is unavailable does not hold those of other services', async () => {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<null>()
  const waiting = (await open({ retryWhileUnavailable: () => stopped })).handle()
  const { handle } = await open()
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  stop(null)
  expect(await waiting).toEqual([abandoned, []])
})

it('a suspect that is slow does not hold others after its time alone, and is on record until it ends', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const slow = await open({ aloneMs: 1 })
  const slowlyHandled = slow.isolate(() => ended.then(() => [applied]))([aSuspect()])
  await waitFor(async () => expect(await slow.database.query('select 1 from suspect')).toHaveLength(1))
  const { handle } = await open()
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  expect(await slow.database.query('select begun from suspect')).toEqual([{ begun: 1 }])
  expect(slow.recordSuccess).toHaveBeenCalledOnce() // Postgres accepts writes, although the handling goes on
  end()
  expect(await slowlyHandled).toEqual([applied])
  expect(await slow.database.query('select begun from suspect')).toEqual([])
})

it('a suspect that is started for the last time is handled alone, however slow it is', async () => {
  const { isolate, database } = await open({ aloneMs: 1 })
  const crash = () => new Promise<never>(() => undefined)
  void isolate(crash)([aSuspect()])
  await waitFor(async () => expect(await database.query('select 1 from suspect')).toHaveLength(1))
  await database.query('update suspect set begun = 2')
  const events: string[] = []
  const { handle } = await open()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const last = isolate(async () => {
    begin()
    for (let asked = 0; asked < 200; asked += 1) await database.query('select 1') // the other one could start meanwhile
    events.push('last start')
    return [applied]
  })([aSuspect()])
  await begun
  await Promise.all([last, handle().then(() => events.push('other'))])
  expect(events).toEqual(['last start', 'other'])
})

it('a suspect whose start cannot be recorded for now does not hold those of other services', async () => {
  const { promise: available, resolve: end } = Promise.withResolvers<void>()
  const refusing = (database: Database): Database => {
    let tries = 0
    const query = async <Row>(text: string, values?: readonly unknown[]) => {
      if (text.startsWith('insert') && ++tries === 1) throw new Error('an outage begins')
      return database.query<Row>(text, values)
    }
    return { ...database, query }
  }
  const waiting = await open({
    around: refusing,
    retryWhileUnavailable: (work) => work().catch(() => available.then(work)),
  })
  const waitingEnded = waiting.handle()
  const { handle } = await open()
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  end()
  expect(await waitingEnded).toEqual([applied, [{ begun: 1 }]])
})

it('a start counts once if its statement is repeated because the answer was lost', async () => {
  const { handle, database, log } = await open({
    around: losingTheFirstAnswer,
    retryWhileUnavailable: (work) => work().catch(work),
  })
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  expect([await database.query('select 1 from suspect'), log]).toEqual([[], []])
})

it('the log tells that a start still counts if the service stops while Postgres is unavailable', async () => {
  let calls = 0
  const { handle, database, log } = await open({
    retryWhileUnavailable: async (work) => {
      calls += 1
      return calls === 1 ? work() : null
    },
  })
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  expect(await database.query('select begun from suspect')).toEqual([{ begun: 1 }])
  expect(log).toMatchObject([{ messageId: 'a message', msg: expect.stringContaining('this start counts as a crash') }])
})
