/** The log of operations: those on dead letters and those of a service, in one list. */

import { noon } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Problem, performRecorded, recordOperation } from '../../src/index.ts'
import { draft, newParcelId, seal } from '../post.ts'
import { aParcelOf, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

let tracker: Tracker
beforeAll(async () => {
  tracker = await openTracker('the in-process broker')
  for (let count = 0; count < 5; count += 1) await tracker.send({ body: Buffer.from(`${count} is not a message`) })
  tracker.faults.rejectedSenders.add('heavy')
})
afterAll(() => tracker.end())

interface Logged {
  readonly at: string
  readonly operation: string
  readonly operator: string
  readonly outcome: string
}

const operations = async (query = ''): Promise<{ items: Logged[]; nextCursor: string | null }> =>
  (await tracker.call('GET', `/operations${query}`)).body

const deadLetters = async (reason: string) =>
  (await tracker.call('GET', `/dead-letters?status=parked&reason=${reason}`)).body.items

it('an operation on a dead letter is listed with its operator, its reason and its message', async () => {
  const message = seal(draft('ParcelSent', aParcelOf('heavy')), { service: 'counter', now: noon })
  await tracker.send(onTheWire(message))
  await tracker.send(onTheWire(seal(draft('ParcelSent', aParcelOf('fine')), { service: 'counter', now: noon })))
  const [{ id }] = await waitFor(async () => {
    const found = await deadLetters('attempts_exhausted')
    expect(found).toHaveLength(1)
    return found
  })
  await tracker.call('DELETE', `/dead-letters/${id}?reason=a%20test`, undefined, { 'x-operator': 'ada' })
  const discarded = {
    ...{ at: expect.any(String), operation: 'discard', operator: 'ada', note: 'a test', detail: null },
    ...{ parcelId: message.subject, deadLetterId: id, messageType: 'ParcelSent', outcome: 'done' },
  }
  expect(await operations(`?parcelId=${message.subject}`)).toEqual({ items: [discarded], nextCursor: null })
  expect(await operations(`?parcelId=${newParcelId()}`)).toEqual({ items: [], nextCursor: null })
})

it('operations of one moment in both tables are listed once each, over several pages', async () => {
  const before = (await operations()).items.length
  const parcelId = newParcelId()
  await tracker.database.transaction(async (sql) => {
    for (const operation of ['first', 'second', 'third'])
      await recordOperation(sql, { operation, subject: parcelId, detail: 'a\0b', operator: 'grace' })
  })
  await tracker.call('POST', '/dead-letters/replay', { reason: 'not_json' })
  await tracker.database.query(`update dead_letter_operation set at = '2026-01-01T12:00:00.123456Z'`)
  await tracker.database.query(`update operation set at = '2026-01-01T12:00:00.123456Z'`)

  const pages: Logged[][] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await operations(`?limit=2${cursor && `&cursor=${cursor}`}`)
    pages.push(page.items)
    cursor = page.nextCursor
  }
  const listed = pages.flat()
  expect(new Set(listed.map(({ outcome }) => outcome))).toEqual(new Set(['done', 'requested']))
  expect(listed).toHaveLength(before + 3 + 5)
  expect(new Set(listed.map((item) => JSON.stringify(item))).size).toBe(before + 3 + 5)
  expect(listed.slice(0, 3)).toMatchObject([
    { operation: 'third', operator: 'grace', detail: 'a\uFFFDb', note: null, parcelId, deadLetterId: null },
    { operation: 'second' },
    { operation: 'first' },
  ])
})

it('an operation that can’t be recorded in its own transaction is listed with its outcome', async () => {
  const warnings: unknown[] = []
  const recording = { database: tracker.database, log: { warn: (warning: unknown) => void warnings.push(warning) } }
  const tookEffect = (result: string) => result === 'recalled'
  const request = (subject: string, perform: () => Promise<string>) =>
    performRecorded(recording, { operation: 'recall', subject, operator: 'linus', tookEffect }, perform)
  const outcomes = async (subject: string) =>
    (await operations(`?parcelId=${subject}`)).items.map(({ outcome }) => outcome)
  const [done, refused, interrupted] = [newParcelId(), newParcelId(), newParcelId()]
  const recall = async () => {
    expect(await outcomes(done)).toEqual(['unknown'])
    return 'recalled'
  }
  expect(await request(done, recall)).toBe('recalled')
  expect(await outcomes(done)).toEqual(['done'])
  await expect(request(refused, () => Promise.reject(new Problem('conflict', 'It has left.')))).rejects.toThrow('left')
  expect(await outcomes(refused)).toEqual(['refused'])
  await expect(request(interrupted, () => Promise.reject(new Error('ECONNRESET')))).rejects.toThrow('ECONNRESET')
  expect(await outcomes(interrupted)).toEqual(['unknown'])

  const overtaken = newParcelId()
  expect(await request(overtaken, async () => 'lost')).toBe('lost')
  expect(await outcomes(overtaken)).toEqual(['refused'])
  expect(warnings).toEqual([])

  const unattended = newParcelId()
  const byProgram = { operation: 'recall', subject: unattended, operator: undefined }
  expect(await performRecorded(recording, byProgram, async () => 'recalled')).toBe('recalled')
  expect(await outcomes(unattended)).toEqual([])

  expect((await operations('?operator=linus')).items).toHaveLength(4)
  expect((await operations(`?operator=linus&parcelId=${done}`)).items).toHaveLength(1)
  expect((await operations('?operator=nobody')).items).toEqual([])
})

it.each([
  '2026-01-01T12:00:00.123456Z.2.1',
  '2026-99-99T99:00:00.123456Z.1.1',
  '2026-02-29T12:00:00.123456Z.1.1',
  '0000-01-01T12:00:00.123456Z.1.1',
])('an invalid cursor is rejected: %s', async (position) => {
  const cursor = Buffer.from(position).toString('base64url')
  expect((await tracker.call('GET', `/operations?cursor=${cursor}`)).status).toBe(422)
})
