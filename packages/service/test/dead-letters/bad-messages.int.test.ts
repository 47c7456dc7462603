/** Thousands of malformed messages: each is parked, ignored or handled, and does not delay others. */

import { Undecodable } from '@quadrille/messages'
import { sized } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterEach, describe, expect, it } from 'vitest'
import { decode } from '../post.ts'
import { brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'
import { badMessage, parcelSent, randomFrom, sameIdOtherContent } from './bad-messages.ts'

const seed = Number(process.env['MESSAGES_SEED'] ?? Date.now() % 1_000_000)
const rounds = sized({ quick: 4, full: 50 })
const perRound = 100

let tracker: Tracker
afterEach(() => tracker.end())

/** The expected outcome: the reason of the dead letter, or the outcome in the metrics. */
const outcomeOf = (body: Uint8Array): string => {
  try {
    return decode(body).message.type === 'ParcelSent' ? 'applied' : 'ignored'
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return error.reason === 'unknown_type' ? 'ignored' : error.reason
  }
}

const outcomes = async (): Promise<Record<string, number>> => {
  const counted = [...(await tracker.metrics()).matchAll(/quadrille_messages_total\{.*outcome="(\w+)".*\} (\d+)/g)]
  const parked = await tracker.database.query<{ reason: string; count: number }>(
    'select reason, count(*)::integer as count from dead_letter group by reason',
  )
  const all = [
    ...counted.map(([, outcome = '', count]) => [outcome, Number(count)] as const),
    ...parked.map((row) => [row.reason, row.count] as const),
  ]
  return Object.fromEntries(
    [...Map.groupBy(all, ([outcome]) => outcome)].map(([outcome, rows]) => [
      outcome,
      rows.reduce((sum, [, count]) => sum + count, 0),
    ]),
  )
}

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  it(`${rounds * perRound} malformed messages do not delay other messages (MESSAGES_SEED=${seed})`, async () => {
    tracker = await openTracker(kind)
    const random = randomFrom(seed)
    const equals = new Set<string>() // equal messages are parked once
    const expected: Record<string, number> = {}
    const expectOne = (outcome: string) => {
      expected[outcome] = (expected[outcome] ?? 0) + 1
    }
    const waits: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const bad = Array.from({ length: perRound }, () => badMessage(random))
      const other = parcelSent()
      for (const { id, body } of bad) {
        const key = `${id} ${body.toString('hex')}`
        if (!equals.has(key)) expectOne(outcomeOf(body))
        equals.add(key)
      }
      expectOne('applied')
      expectOne('id_conflict')
      const sent = bad.map((message) => tracker.send(message))
      const began = performance.now()
      await tracker.send(onTheWire(other))
      await waitFor(async () => expect(await isHandled(other.subject)).toBe(true))
      waits.push(performance.now() - began)
      await Promise.all([...sent, tracker.send(sameIdOtherContent(other))])
    }
    await waitFor(async () => expect(await outcomes()).toEqual(expected))
    const median = waits.toSorted((one, other) => one - other)[rounds / 2]
    expect(median).toBeLessThan(5_000) // ms; a slow machine needs most of it for the malformed ones
    expect(await tracker.database.query('select 1 from retry')).toEqual([])
  })
})

const isHandled = async (parcelId: string): Promise<boolean> =>
  (await tracker.database.query('select 1 from tally where parcel_id = $1', [parcelId])).length > 0
