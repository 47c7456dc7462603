/** When a suspected poison message is handled, and how often it counts as started. */
import { pino } from 'pino'
import { expect, it } from 'vitest'
import type { PostgresAvailability } from '../../../../src/core/postgres-availability.ts'
import { Incoming } from '../../../../src/delivery/incoming.ts'
import { abandoned, applied, type Outcome } from '../../../../src/delivery/outcome.ts'
import { isolatePoisonMessages } from '../../../../src/delivery/policies/poison-messages/isolate.ts'
import { aDatabase } from '../../../dead-letters/table/a-database.ts'
import { post } from '../../../post.ts'
import { aDelivery } from '../../a-delivery.ts'

type Retry = PostgresAvailability['retryWhileUnavailable']

const open = async (retryWhileUnavailable: Retry) => {
  const database = await aDatabase()
  const log: Record<string, unknown>[] = []
  const isolate = isolatePoisonMessages({
    ...{ queue: 'tracker.inbox', database, availability: { retryWhileUnavailable } },
    language: post,
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
  return { isolate, handle, database, log }
}

const aSuspect = () => new Incoming(aDelivery({}, { crashes: 3 }), post)

/** Postgres commits, and the connection ends before the answer arrives. */
const losingTheFirstAnswer: Retry = async (work) => {
  await work()
  return work()
}

it('the suspects of two services in a process are handled one at a time', async () => {
  const running: string[] = []
  const overlaps: string[][] = []
  const handleIn = async (service: string) => {
    const { isolate, database } = await open((work) => work())
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
  const waiting = (await open(() => stopped)).handle()
  const { handle } = await open((work) => work())
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  stop(null)
  expect(await waiting).toEqual([abandoned, []])
})

it('a start counts once if its statement is repeated because the answer was lost', async () => {
  const { handle, database, log } = await open(losingTheFirstAnswer)
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  expect([await database.query('select 1 from suspect'), log]).toEqual([[], []])
})

it('the log tells that a start still counts if the service stops while Postgres is unavailable', async () => {
  let calls = 0
  const { handle, database, log } = await open(async (work) => {
    calls += 1
    return calls <= 2 ? work() : null
  })
  expect(await handle()).toEqual([applied, [{ begun: 1 }]])
  expect(await database.query('select begun from suspect')).toEqual([{ begun: 1 }])
  expect(log).toMatchObject([{ messageId: 'a message', msg: expect.stringContaining('this start counts as a crash') }])
})
