/** Thousands of malformed messages: each is parked, ignored or handled, and does not hold up others. */

import { Undecodable } from '@quadrille/messages'
import { sized } from '@quadrille/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decode } from '../post.ts'
import { brokers, onTheWire, openStage, type Stage } from '../tally/tallier.ts'
import { badMessage, impostorOf, placed, randomFrom } from './bad-messages.ts'

const seed = Number(process.env['MESSAGES_SEED'] ?? Date.now() % 1_000_000)
const rounds = sized({ quick: 10, full: 50 })
const inRound = 100

let stage: Stage
afterEach(() => stage.end())

/** The expected outcome, on every route: the reason for which it is parked, or how it is counted. */
const fateOf = (body: Uint8Array): string => {
  try {
    return decode(body).message.type === 'ParcelSent' ? 'applied' : 'ignored'
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return error.reason === 'unknown_type' ? 'ignored' : error.reason
  }
}

const fates = async (): Promise<Record<string, number>> => {
  const counted = [...(await stage.metrics()).matchAll(/quadrille_messages_total\{.*outcome="(\w+)".*\} (\d+)/g)]
  const parked = await stage.database.query<{ reason: string; count: number }>(
    'select reason, count(*)::integer as count from dead_letter group by reason',
  )
  const all = [
    ...counted.map(([, fate = '', count]) => [fate, Number(count)] as const),
    ...parked.map((row) => [row.reason, row.count] as const),
  ]
  return Object.fromEntries(
    [...Map.groupBy(all, ([fate]) => fate)].map(([fate, rows]) => [
      fate,
      rows.reduce((sum, [, count]) => sum + count, 0),
    ]),
  )
}

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  it(`${rounds * inRound} bad messages do no harm (MESSAGES_SEED=${seed})`, { timeout: 240_000 }, async () => {
    stage = await openStage(kind)
    const random = randomFrom(seed)
    const equals = new Set<string>() // of equal messages one is parked
    const expected: Record<string, number> = {}
    const expectOne = (fate: string) => {
      expected[fate] = (expected[fate] ?? 0) + 1
    }
    const waits: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const bad = Array.from({ length: inRound }, () => badMessage(random))
      const neighbour = placed()
      for (const { id, body } of bad) {
        const key = `${id} ${body.toString('hex')}`
        if (!equals.has(key)) expectOne(fateOf(body))
        equals.add(key)
      }
      expectOne('applied')
      expectOne('id_conflict')
      const sent = bad.map((message) => stage.send(message))
      const began = performance.now()
      await stage.send(onTheWire(neighbour))
      await vi.waitFor(async () => expect(await isTallied(neighbour.subject)).toBe(true), {
        timeout: 20_000,
        interval: 10,
      })
      waits.push(performance.now() - began)
      await Promise.all([...sent, stage.send(impostorOf(neighbour))])
    }
    await vi.waitFor(async () => expect(await fates()).toEqual(expected), { timeout: 60_000, interval: 250 })
    expect(Math.max(...waits)).toBeLessThan(5_000) // ms; others use this machine, too
    expect(await stage.database.query('select 1 from retry')).toEqual([])
  })
})

const isTallied = async (parcelId: string): Promise<boolean> =>
  (await stage.database.query('select 1 from tally where parcel_id = $1', [parcelId])).length > 0
