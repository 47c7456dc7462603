/** A service's dead letters, from the failure to the replay; on both brokers where they may differ. */

import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { draft, seal } from '../post.ts'
import { aParcelOf, aToll, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

const traceId = 'a'.repeat(32)
const trace = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }
const parcelSent = (senderId: string, parcelId?: string) =>
  seal(draft('ParcelSent', aParcelOf(senderId, parcelId)), { service: 'counter', now: noon, trace })

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  let tracker: Tracker
  beforeAll(async () => {
    tracker = await openTracker(kind)
  })
  afterAll(() => tracker.end())
  beforeEach(async () => {
    tracker.faults.rejectedSenders.clear()
    await tracker.database.query('delete from dead_letter')
  })

  const deadLetters = async (query = '') => (await tracker.call('GET', `/dead-letters${query}`)).body.items
  const until = (count: number, query = '?status=parked') =>
    waitFor(async () => {
      const found = await deadLetters(query)
      expect(found).toHaveLength(count)
      return found
    })
  const tallies = async () =>
    (await tracker.database.query<{ parcel_id: string }>('select parcel_id from tally')).map(
      ({ parcel_id }) => parcel_id,
    )

  /** A dead letter of a parcel that the service could not handle, and can handle now. */
  const aDeadLetterOf = async (message = parcelSent('heavy')) => {
    tracker.faults.rejectedSenders.add('heavy')
    // It is parked at once, because another one succeeds beside it.
    await Promise.all([message, parcelSent('fine')].map((each) => tracker.send(onTheWire(each))))
    const [deadLetter] = await until(1)
    tracker.faults.rejectedSenders.clear()
    return deadLetter
  }

  it('shows all details of a failed message, but masks its pin and address', async () => {
    const message = parcelSent('heavy')
    const deadLetter = await aDeadLetterOf(message)
    expect(deadLetter).toEqual({
      id: expect.any(String),
      messageId: message.id,
      type: 'ParcelSent',
      parcelId: message.subject,
      queue: 'tracker.inbox',
      reason: 'attempts_exhausted',
      error: 'the parcel was rejected',
      place: expect.stringContaining('packages/service/test/tally/tracker-service.ts'),
      attempts: 1,
      firstFailedAt: expect.any(String),
      lastFailedAt: deadLetter.firstFailedAt,
      status: 'parked',
    })
    const { status, body } = await tracker.call('GET', `/dead-letters/${deadLetter.id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...deadLetter,
      stack: expect.stringContaining('Error: the parcel was rejected\n    at '),
      headers: trace,
      payload: { id: message.id, data: { weight: 4_500, sender: { email: '***' }, access: { pin: '***' } } },
      exchange: 'counter.events',
      payloadEncoding: 'json',
      traceId,
      operations: [],
    })
    expect(JSON.stringify(body)).not.toContain('pin_secret')
    const logged = tracker.log.filter((line) => line['deadLetterId'] === deadLetter.id)
    expect(logged).toMatchObject([{ reason: 'attempts_exhausted', parcelId: message.subject, queue: 'tracker.inbox' }])
    expect(JSON.stringify(tracker.log)).not.toContain('pin_secret')
  })

  it('parks unreadable messages at once, each with its reason, and does not delay others', async () => {
    const good = parcelSent('good')
    const bodies: Record<string, Buffer> = {
      not_json: Buffer.from([0xff, 0x00]),
      not_cloudevents: Buffer.from('{"hello":"world"}'),
      schema_violation: Buffer.from(JSON.stringify({ ...good, data: { parcelId: good.subject } })),
      future_version: Buffer.from(JSON.stringify({ ...good, schemaversion: 99 })),
      too_large: Buffer.alloc(1_100_000, ' '),
    }
    for (const body of Object.values(bodies)) await tracker.send({ body })
    await tracker.send({ body: Buffer.from(JSON.stringify({ ...good, type: 'ParcelPondered' })) })
    await tracker.send(onTheWire(good))
    const found = await until(5)
    expect(found.map(({ reason }: { reason: string }) => reason).sort()).toEqual(Object.keys(bodies).sort())
    await waitFor(async () => expect(await tallies()).toContain(good.subject))
    const { id } = found.find(({ reason }: { reason: string }) => reason === 'not_json')
    const { body } = await tracker.call('GET', `/dead-letters/${id}`)
    expect(body).toMatchObject({ payload: '/wA=', payloadEncoding: 'base64', payloadBytes: 2, parcelId: null })
    expect(await deadLetters('?status=parked')).toHaveLength(5) // not the one of an unknown type
  })

  it('replays a dead letter unchanged and only once, even if requested repeatedly, and records the operator', async () => {
    const message = parcelSent('heavy')
    const { id } = await aDeadLetterOf(message)
    const replay = () => tracker.call('POST', `/dead-letters/${id}/replay`, { note: 'mended' }, { 'x-operator': 'ada' })
    const answers = await Promise.all([replay(), replay(), replay()])
    for (const { status } of answers) expect([202, 503]).toContain(status) // 503: a concurrent request is replaying it
    await waitFor(async () => expect(await tallies()).toContain(message.subject))
    const { status, body } = await replay()
    expect(status).toBe(202)
    expect(body).toMatchObject({
      status: 'replayed',
      operations: [{ operation: 'replay', operator: 'ada', note: 'mended', at: expect.any(String) }],
    })
    await waitFor(() => expect(tracker.done.filter((parcelId) => parcelId === message.subject)).toHaveLength(1))
  })

  it('replays bytes that are not a message unchanged, and parks them again', async () => {
    const body = Buffer.from([0x00, 0xff, 0x7b])
    await tracker.send({
      body,
      id: 'no-uuid',
      type: 'what',
      headers: { 'x-own': 'kept', traceparent: trace.traceparent },
    })
    const [first] = await until(1)
    await tracker.call('POST', `/dead-letters/${first.id}/replay`)
    const [second] = await until(1)
    expect(second.id).not.toBe(first.id)
    const [one, other] = await Promise.all(
      [first, second].map(async ({ id }) => (await tracker.call('GET', `/dead-letters/${id}`)).body),
    )
    const same = ({ payload, headers, messageId, type, attempts, traceId: traced }: typeof one) => ({
      ...{ payload, headers, messageId, type, attempts, traced },
    })
    expect(same(other)).toEqual(same(one))
    expect(same(one)).toMatchObject({
      headers: { 'x-own': 'kept' },
      messageId: 'no-uuid',
      attempts: 1,
      traced: traceId,
    })
  })

  it('checks the original exchange of a replay, as for the first delivery', async () => {
    const message = seal(draft('TollPaid', aToll()), { service: 'toll', now: noon })
    await tracker.send(onTheWire(message))
    const [first] = await until(1)
    expect(first).toMatchObject({ reason: 'wrong_exchange', messageId: message.id })
    expect((await tracker.call('GET', `/dead-letters/${first.id}`)).body.exchange).toBe('counter.events')
    const dryRun = await tracker.call('POST', `/dead-letters/${first.id}/replay`, { dryRun: true })
    expect(dryRun.body).toEqual({ outcome: 'failed', detail: expect.stringContaining('came through counter.events') })
    expect((await tracker.call('POST', `/dead-letters/${first.id}/replay`)).status).toBe(202)
    const [second] = await until(1)
    expect(second.id).not.toBe(first.id)
    expect(second).toMatchObject({ reason: 'wrong_exchange', messageId: message.id, attempts: 1 })
    expect(await tracker.database.query('select id from inbox where id = $1', [message.id])).toEqual([])
  })

  if (kind === 'RabbitMQ') return // what follows does not depend on the broker

  it('masks pin and address even if the error of a reaction quotes them', async () => {
    const before = tracker.log.length
    tracker.faults.reactionError = (parcel) => `no: ${JSON.stringify(parcel)} of ${parcel.sender.email}`
    const { id } = await aDeadLetterOf()
    tracker.faults.rejectedSenders.add('heavy')
    const seen = [
      ...(await tracker.database.query('select error, stack from dead_letter')),
      await deadLetters(),
      (await tracker.call('GET', `/dead-letters/${id}`)).body,
      (await tracker.call('POST', `/dead-letters/${id}/replay`, { dryRun: true })).body,
      ...tracker.log.slice(before),
    ]
    expect(seen.slice(0, 4).map((each) => JSON.stringify(each).includes('***'))).toEqual([true, true, true, true])
    expect(JSON.stringify(seen)).not.toMatch(/pin_secret|sender@/)
    tracker.faults.reactionError = () => 'the parcel was rejected'
  })

  it('parks a message with a known id and different content at once', async () => {
    const message = parcelSent('good')
    await tracker.send(onTheWire(message))
    await waitFor(async () => expect(await tallies()).toContain(message.subject))
    await tracker.send(onTheWire(message, { data: { ...message.data, weight: 1 } }))
    expect(await until(1)).toMatchObject([{ reason: 'id_conflict', messageId: message.id }])
  })

  it('replays by filter, the oldest first, at a limited rate', async () => {
    tracker.faults.rejectedSenders.add('heavy')
    for (let sent = 0; sent < 7; sent += 1) await tracker.send(onTheWire(parcelSent('heavy')))
    const allParked = async () => {
      await tracker.send(onTheWire(parcelSent('fine'))) // without it, messages with the same failure would be held
      return (await deadLetters('?status=parked')).length === 7
    }
    await waitUntil(allParked)
    tracker.faults.rejectedSenders.clear()
    const oldestFirst = (await deadLetters('?status=parked')).reverse()
    const wanted = oldestFirst.slice(0, 6).map(({ parcelId }: { parcelId: string }) => parcelId)
    const began = performance.now()
    const { status, body } = await tracker.call('POST', '/dead-letters/replay', {
      reason: 'attempts_exhausted',
      type: 'ParcelSent',
      limit: 6,
      perSecond: 5,
    })
    expect([status, body.replayed, body.sentWithinSeconds]).toEqual([202, 6, 1])
    await waitFor(async () => expect(await tallies()).toEqual(expect.arrayContaining(wanted)))
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(await deadLetters('?status=parked')).toHaveLength(1)
    const again = await tracker.call('POST', '/dead-letters/replay', { parcelId: wanted[0] })
    expect(again.body).toMatchObject({ replayed: 0, ids: [] })
  })

  it('replays a genuine message even if a forged one with its id was parked before', async () => {
    const message = parcelSent('heavy')
    const { id } = await aDeadLetterOf(message)
    await tracker.database.query(`update dead_letter set exchange = 'toll.events'`)
    await tracker.call('POST', `/dead-letters/${id}/replay`)
    const [forged] = await until(1)
    expect(forged.reason).toBe('wrong_exchange')
    tracker.faults.rejectedSenders.add('heavy')
    await tracker.send(onTheWire(message))
    const [genuine] = await until(1, '?status=parked&reason=attempts_exhausted')
    tracker.faults.rejectedSenders.clear()
    await tracker.call('POST', `/dead-letters/${genuine.id}/replay`)
    await waitFor(async () => expect(await tallies()).toContain(message.subject))
  })

  it.each([
    ['attempts_exhausted', 'applied'],
    ['future_version', 'refused'],
    ['wrong_exchange', 'refused'],
  ])('replays a dead letter of an earlier version, without an exchange, parked as %s: %s', async (reason, outcome) => {
    const message = parcelSent('heavy')
    const { id } = await aDeadLetterOf(message)
    await tracker.database.query(`update dead_letter set exchange = '', reason = $1`, [reason])
    await tracker.call('POST', `/dead-letters/${id}/replay`)
    if (outcome === 'refused')
      expect(await until(1)).toMatchObject([
        { reason: 'wrong_exchange', error: expect.stringContaining('an unknown exchange') },
      ])
    else await waitFor(async () => expect(await tallies()).toContain(message.subject))
  })

  it('rejects an edit of the payload, and shows an edit by an earlier version', async () => {
    const { id } = await aDeadLetterOf()
    const { payload } = (await tracker.call('GET', `/dead-letters/${id}`)).body
    const edited = await tracker.call('POST', `/dead-letters/${id}/replay`, { edit: { payload } })
    expect([edited.status, edited.body.errors[0].pointer]).toEqual([422, '/edit'])
    expect(await deadLetters('?status=parked')).toHaveLength(1)
    await tracker.database.query(
      `insert into dead_letter_operation (letter_id, operation, operator) values ($1, 'edit', 'ada')`,
      [id],
    )
    expect((await tracker.call('GET', `/dead-letters/${id}`)).body.operations).toMatchObject([{ operation: 'edit' }])
  })

  it('discards a dead letter with a recorded reason, and then rejects its replay', async () => {
    const { id } = await aDeadLetterOf()
    // U+202E reverses the text after it
    expect((await tracker.call('DELETE', `/dead-letters/${id}?reason=a%E2%80%AEtest`)).status).toBe(422)
    const discard = () =>
      tracker.call('DELETE', `/dead-letters/${id}?reason=a%20test`, undefined, { 'x-operator': 'ada' })
    for (const { status, body } of [await discard(), await discard()]) {
      expect(status).toBe(200)
      expect(body).toMatchObject({ status: 'discarded', operations: [{ operation: 'discard', note: 'a test' }] })
    }
    expect((await tracker.call('POST', `/dead-letters/${id}/replay`)).status).toBe(409)
  })

  it('discards a dead letter without a reason', async () => {
    const { id } = await aDeadLetterOf()
    const { status, body } = await tracker.call('DELETE', `/dead-letters/${id}`)
    expect([status, body]).toMatchObject([200, { operations: [{ operation: 'discard', note: null }] }])
  })

  it('publishes an unsendable event again, alone or by filter', async () => {
    const { id } = await aDeadLetterOf()
    await tracker.database.query(
      "update dead_letter set queue = 'tracker.events', exchange = 'tracker.events', reason = 'unsendable'",
    )
    const dryRun = await tracker.call('POST', `/dead-letters/${id}/replay`, { dryRun: true })
    expect(dryRun.body).toMatchObject({ outcome: 'not_tried', detail: expect.stringContaining('would be published') })
    const { status, body } = await tracker.call('POST', '/dead-letters/replay', { reason: 'unsendable' })
    expect([status, body.ids]).toEqual([202, [id]])
  })

  it('automatically replays the messages that it can read after an upgrade', async () => {
    const message = parcelSent('good')
    const [id, bytes] = ['0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a', Buffer.from(JSON.stringify(message))]
    await tracker.send({ ...onTheWire(message), body: Buffer.from(JSON.stringify({ ...message, schemaversion: 9 })) })
    await until(1)
    await tracker.database.query(
      `insert into dead_letter select $1::uuid, message_id, type, subject, queue, reason, error, stack, place, attempts,
         first_failed_at, last_failed_at, message, headers, $2, trace_id, status, parked_at, settled_at, exchange
       from dead_letter`,
      [id, bytes], // as after an upgrade that can read it
    )
    await tracker.restart()
    await until(1, '?status=replayed')
    expect((await tracker.call('GET', `/dead-letters/${id}`)).body).toMatchObject({
      status: 'replayed',
      operations: [{ operation: 'replay', operator: 'tracker' }],
    })
    await waitFor(async () => expect(await tallies()).toContain(message.subject))
    expect(await deadLetters('?status=parked')).toHaveLength(1) // of version 9
  })
})
