import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EventKey,
  formatPosition,
  includes,
  isVisible,
  maxPositionLength,
  type Position,
  parsePosition,
  positionAfter,
  positionAt,
  readSnapshot,
  type Snapshot,
  start,
} from '../src/db/history-position.ts'

const snapshotOf = (xmax: number, running: readonly number[]): Snapshot => ({
  xmax,
  running: [...new Set(running.filter((xid) => xid > 0 && xid < xmax))].sort((one, other) => one - other),
})

const id = '2f7c1a60'

const anyPosition: fc.Arbitrary<Position> = fc
  .record({
    xmax: fc.integer({ min: 2, max: 2 ** 45 }),
    below: fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 60 }),
    last: fc.record({ below: fc.nat(500), seq: fc.integer({ min: 1, max: 2 ** 50 }) }),
  })
  .map(({ xmax, below, last }) => ({
    snapshot: snapshotOf(
      xmax,
      below.map((distance) => xmax - distance),
    ),
    last: { xid: Math.max(0, xmax - last.below), seq: last.seq, id },
  }))

describe('a position', () => {
  it('is read as it was written, as one word', () => {
    fc.assert(
      fc.property(anyPosition, (position) => {
        expect(formatPosition(position)).toMatch(/^[\da-z._]+$/)
        expect(parsePosition(formatPosition(position))).toEqual(position)
      }),
    )
    expect(parsePosition(formatPosition(start))).toEqual(start)
  })

  it('has a bounded length with a thousand transactions that run', () => {
    const running = Array.from({ length: 1_000 }, (_, index) => 1_000_000_000 + index * 3)
    const text = formatPosition({
      snapshot: { xmax: 1_000_010_000, running },
      last: { xid: 1_000_009_999, seq: 9, id },
    })
    expect(text.length).toBeLessThan(maxPositionLength)
  })

  it.each([
    ...[
      '',
      '0',
      'x'.repeat(12),
      '00',
      'A',
      '1-2',
      '5.6',
      '5.5',
      '5.0',
      '5_1',
      '5_1.1',
      '5_6.1.2f7c1a60',
      '5_1.0.2f7c1a60',
    ],
    ...[
      '5_1.1.2f7c1a6',
      '5_1.1.2F7C1A60',
      '5_1.01.2f7c1a60',
      ' 5',
      '5 ',
      'zzzzzzzzzzz',
      `5${'.1'.repeat(3_000)}`,
      '0_0.1',
    ],
  ])('that was never written is not read: %s', (text) => {
    expect(parsePosition(text)).toBeUndefined()
  })

  it('is not read if it is too long', () => {
    expect(parsePosition(`zzzz${'.1'.repeat(3_000)}_1.1.2f7c1a60`)).toBeUndefined()
  })

  it('is read from Postgres', () => {
    expect(readSnapshot('10:20:10,14')).toEqual({ xmax: 20, running: [10, 14] })
    expect(readSnapshot('20:20:')).toEqual({ xmax: 20, running: [] })
  })
})

/** A history: its transactions in the order of their numbers, when each has committed, and how many events it has. */
const anyHistory = fc.array(fc.record({ committed: fc.nat(20), events: fc.nat(3) }), {
  minLength: 1,
  maxLength: 12,
})

/** The snapshot of Postgres at a time. A transaction begins at the time of its number, and may commit later. */
const snapshotAt = (history: readonly { committed: number }[], time: number): Snapshot => {
  const begun = history.map(({ committed }, index) => ({ xid: index + 1, end: index + committed })).slice(0, time)
  const xmax = Math.max(0, ...begun.filter(({ end }) => end < time).map(({ xid }) => xid)) + 1
  return snapshotOf(
    xmax,
    begun.filter(({ end }) => end >= time).map(({ xid }) => xid),
  )
}

/** The same as the condition of `readAdded`. */
const isSeen = ({ snapshot, last }: Position, { xid, seq }: { xid: number; seq: number }): boolean =>
  isVisible(snapshot, xid) || (last?.xid === xid && seq <= last.seq)

/** When a client is cut: how much later than before, and after how many events. */
const anyCuts = fc.array(fc.record({ later: fc.nat(4), events: fc.integer({ min: 1, max: 5 }) }), {
  minLength: 40,
  maxLength: 40,
})

const eventsOf = (history: readonly { events: number }[]): EventKey[] =>
  history.flatMap(({ events: count }, index) =>
    Array.from({ length: count }, (_, seq) => ({ xid: index + 1, seq: index * 10 + seq + 1, id })),
  )

/** The positions of a client at its cuts, and all that it has read until then. */
const readInParts = function* (
  history: readonly { committed: number; events: number }[],
  cuts: readonly { later: number; events: number }[],
): Generator<{ position: Position; read: readonly EventKey[] }> {
  const events = eventsOf(history)
  let position = start
  let time = 0
  const read: EventKey[] = []
  for (const cut of cuts) {
    time += cut.later
    const to = snapshotAt(history, time)
    expect(includes(to, position)).toBe(true)
    const rest = ({ xid }: { xid: number }) => Number(xid !== position.last?.xid)
    const added = events
      .filter((event) => isVisible(to, event.xid) && !isSeen(position, event))
      .sort((one, other) => rest(one) - rest(other))
    const received = added.slice(0, cut.events)
    read.push(...received)
    const last = received.at(-1)
    position =
      last && received.length < added.length
        ? positionAfter(position, to, last)
        : positionAt(position, to, last ?? position.last)
    position = parsePosition(formatPosition(position)) ?? start
    yield { position, read }
  }
}

describe('a reader', () => {
  it('reads each event once, although transactions commit out of order and it is cut anywhere', () => {
    fc.assert(
      fc.property(anyHistory, anyCuts, (history, cuts) => {
        for (const { position, read } of readInParts(history, cuts)) {
          const seen = eventsOf(history).filter((event) => isSeen(position, event))
          expect(seen).toEqual(read.toSorted((one, other) => one.seq - other.seq))
        }
      }),
    )
  })

  it('includes no transaction after those that survive with its last event, whose numbers are given to others', () => {
    fc.assert(
      fc.property(anyHistory, anyCuts, fc.nat(40), (history, cuts, crash) => {
        const surviving = history.flatMap(({ committed }, index) => (index + committed < crash ? [index + 1] : []))
        const nextXid = Math.max(0, ...surviving) + 1
        for (const { position } of readInParts(history, cuts)) {
          if (!surviving.includes(position.last?.xid ?? 0)) continue // refused
          const given = Array.from({ length: 30 }, (_, index) => nextXid + index)
          expect(given.filter((xid) => isVisible(position.snapshot, xid))).toEqual([])
        }
      }),
    )
  })

  it('is not ahead of a snapshot that lacks what it has seen', () => {
    const seen: Position = { snapshot: { xmax: 10, running: [4] }, last: { xid: 9, seq: 1, id } }
    expect(includes({ xmax: 10, running: [4] }, seen)).toBe(true)
    expect(includes({ xmax: 12, running: [4, 10] }, seen)).toBe(true)
    expect(includes({ xmax: 9, running: [4] }, seen)).toBe(false)
    expect(includes({ xmax: 12, running: [5] }, seen)).toBe(false)
    expect(includes({ xmax: 12, running: [9] }, seen)).toBe(false)
  })
})
