/** Failed attempts, from the failure to `GET /attempts` and `GET /whereabouts`; on both brokers where they may differ. */

import { noon } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAttemptLog } from '../../src/attempts/attempt-log.ts'
import { findLastAttempts, insertAttempts, purgeAttempts } from '../../src/attempts/attempt-table.ts'
import type { FailedAttempt } from '../../src/delivery/failed-attempt.ts'
import { InFlight } from '../../src/delivery/in-flight.ts'
import { draft, newParcelId, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

const parcelSent = (senderId: string) =>
  seal(draft('ParcelSent', aParcelOf(senderId)), { service: 'counter', now: noon })

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  let tracker: Tracker
  beforeAll(async () => {
    tracker = await openTracker(kind, { RETRY_ATTEMPTS: '2' })
  })
  afterAll(() => tracker.end())

  const attemptsOf = async (id: string, query = '') =>
    (await tracker.call('GET', `/attempts?parcelId=${id}${query}`)).body
  const whereabouts = async (id: string) => (await tracker.call('GET', `/whereabouts?parcelId=${id}`)).body.items[0]
  const until = <Result>(check: () => Promise<Result>) => waitFor(check)

  it('a message whose dead letter cannot be stored waits, until it is stored, also after a replay', async () => {
    const refuseDeadLetters = () =>
      tracker.database.query(
        `do $do$ begin
           create function refuse() returns trigger as $$ begin raise exception 'refused'; end $$ language plpgsql;
           create trigger refuse before insert on dead_letter for each row execute function refuse();
         end $do$`,
      )
    const acceptDeadLetters = () => tracker.database.query('drop function refuse cascade')
    await refuseDeadLetters()
    tracker.faults.rejectedSenders.add('heavy')
    tracker.faults.reactionError = () => 'too heavy'
    const { subject, ...message } = parcelSent('heavy')
    await tracker.send(onTheWire({ subject, ...message }))
    const waiting = async () => (await whereabouts(subject)).waiting
    const error = 'Its dead letter is not stored yet. The message has failed: too heavy'
    const untilRefused = () => until(async () => expect(await waiting()).toMatchObject([{ place: 'retry', error }]))
    const untilStored = () =>
      until(async () => {
        const [letter, ...others] = await waiting()
        expect([letter?.place, others]).toEqual(['dead_letter', []])
        return letter.deadLetterId
      })
    await untilRefused()
    await acceptDeadLetters()
    const deadLetterId = await untilStored()
    await refuseDeadLetters()
    await tracker.call('POST', `/dead-letters/${deadLetterId}/replay`)
    await untilRefused()
    await acceptDeadLetters()
    await tracker.call('DELETE', `/dead-letters/${await untilStored()}?reason=heavy`)
    await until(async () => expect(await waiting()).toEqual([]))
    tracker.faults.rejectedSenders.clear()
  })

  it('a message that succeeds at its second attempt waits no longer, and keeps the record of the first', async () => {
    tracker.faults.rejectedSenders.add('late')
    tracker.faults.reactionError = () => {
      tracker.faults.rejectedSenders.clear()
      return 'once'
    }
    const message = parcelSent('late')
    await tracker.send(onTheWire(message))
    await until(async () =>
      expect(await whereabouts(message.subject)).toMatchObject({ handled: ['ParcelSent'], waiting: [] }),
    )
    expect((await attemptsOf(message.subject)).items).toMatchObject([{ attempt: 1, outcome: 'retried' }])
  })

  it('the queues show how many messages wait for a retry and are dead letters, and the former are listed', async () => {
    tracker.faults.taskFault = { outage: false, retryAfterMs: 30_000 }
    const message = parcelSent('fine')
    await tracker.send(onTheWire(message))
    await tracker.send({ id: 'n', type: 'ParcelSent', correlationId: 'no id', body: Buffer.from('not JSON') })
    const calm = { waiting: 0, instances: 1, heldFor: null, circuitOpen: false }
    const some = expect.toSatisfy((count: number) => count >= 1)
    await until(async () =>
      expect((await tracker.call('GET', '/queues')).body).toMatchObject({
        queues: [
          {
            ...calm,
            name: 'tracker.inbox',
            exchanges: ['counter.events', 'toll.events'],
            retrying: 0,
            deadLetters: some,
          },
          { ...calm, name: 'tracker.tasks', exchanges: [], retrying: 1, nextRetryAt: expect.any(String) },
        ],
        otherDeadLetters: 0,
        outbox: { rows: 0 },
        brokerFault: null,
      }),
    )
    const { body } = await tracker.call('GET', '/retries?queue=tracker.tasks')
    expect(body).toMatchObject({
      items: [{ parcelId: message.subject, type: 'Announce', attempt: 1, outcome: 'retried' }],
    })
    expect((await tracker.call('GET', '/retries?queue=tracker.inbox')).body.items).toEqual([])
    tracker.faults.taskFault = null
  })

  if (kind === 'RabbitMQ') return // what follows does not depend on the broker

  it('a message that fails is shown with each attempt, in one line and without its secrets', async () => {
    await tracker.restart({ RETRY_ATTEMPTS: '3' })
    onTestFinished(() => tracker.restart())
    tracker.faults.rejectedSenders.add('heavy')
    tracker.faults.reactionError = (parcel) => `no:\n${JSON.stringify(parcel.access)} of ${parcel.sender.email}`
    const message = parcelSent('heavy')
    await tracker.send(onTheWire(message))
    const { subject: parcelId, id: messageId } = message
    const failed = { parcelId, messageId, causationId: null, type: 'ParcelSent', queue: 'tracker.inbox' }
    const error = 'no: {"pin":"***"} of ***'
    const waiting = await until(async () => {
      const found = await whereabouts(parcelId)
      expect(found.waiting).toMatchObject([{ place: 'retry', attempts: 2 }]) // for five seconds
      return found.waiting
    })
    expect(waiting).toEqual([
      {
        ...{ messageId, causationId: null, type: 'ParcelSent', place: 'retry', queue: 'tracker.inbox', attempts: 2 },
        ...{ error: expect.stringMatching(/^no:\s\{"pin":"\*\*\*"\} of \*\*\*$/), deadLetterId: null },
        ...{ since: expect.any(String), at: expect.any(String) },
      },
    ])
    const page = await until(async () => {
      const found = await attemptsOf(parcelId)
      expect(found.items).toHaveLength(3)
      return found
    })
    const [last, second, first] = page.items
    expect(page).toEqual({ items: [last, second, first], nextCursor: null })
    expect(first).toEqual({
      ...{ ...failed, number: 1, attempt: 1, error, outcome: 'retried', reason: null },
      ...{
        firstFailedAt: first.at,
        at: expect.any(String),
        nextAt: new Date(Date.parse(first.at) + 1_000).toISOString(),
      },
    })
    expect(second).toMatchObject({ ...failed, number: 2, attempt: 2, error, outcome: 'retried', reason: null })
    expect(last).toMatchObject({
      ...{ ...failed, number: 3, attempt: 3, error, outcome: 'parked', reason: 'attempts_exhausted', nextAt: null },
    })
    const [firstFailedAt, firstAt, lastAt] = [last.firstFailedAt, first.at, last.at].map(Date.parse) as [
      number,
      number,
      number,
    ]
    expect(Math.abs(firstFailedAt - firstAt)).toBeLessThan(lastAt - firstFailedAt) // each attempt has its own clock reading
    await until(async () =>
      expect((await whereabouts(parcelId)).waiting).toMatchObject([{ place: 'dead_letter', messageId }]),
    )
    tracker.faults.rejectedSenders.clear()
  })

  it('a failed task names the message that caused it', async () => {
    tracker.faults.taskFault = { outage: false }
    const message = parcelSent('fine')
    await tracker.send(onTheWire(message))
    await until(async () =>
      expect((await attemptsOf(message.subject)).items).toMatchObject([
        { queue: 'tracker.tasks', type: 'Announce', outcome: 'parked', causationId: message.id },
        { queue: 'tracker.tasks', type: 'Announce', outcome: 'retried', causationId: message.id },
      ]),
    )
    await until(async () =>
      expect((await whereabouts(message.subject)).waiting).toMatchObject([
        { place: 'dead_letter', type: 'Announce', causationId: message.id },
      ]),
    )
    tracker.faults.taskFault = null
  })

  /** Resolves when an attempt that fails now has been recorded, so that earlier ones have been too, and its message is handled. */
  const oneRecordLater = async () => {
    tracker.faults.rejectedSenders.add('later')
    const message = parcelSent('later')
    await tracker.send(onTheWire(message))
    await until(async () => expect((await attemptsOf(message.subject)).items).not.toEqual([]))
    tracker.faults.rejectedSenders.clear()
    await until(async () => expect(tracker.done).toContain(message.subject))
  }

  it('a message that succeeds has no record', async () => {
    const message = parcelSent('fine')
    await tracker.send(onTheWire(message))
    await until(async () => expect(tracker.done).toContain(message.subject))
    await oneRecordLater()
    expect(await attemptsOf(message.subject)).toEqual({ items: [], nextCursor: null })
  })

  it('a message without the id of a subject is parked without a record', async () => {
    await tracker.send({ id: 'm', type: 'ParcelSent', correlationId: 'no id', body: Buffer.from('not JSON') })
    await until(async () =>
      expect((await tracker.call('GET', '/dead-letters')).body.items[0]).toMatchObject({ reason: 'not_json' }),
    )
    await oneRecordLater()
    expect(await tracker.database.query(`select from failed_attempt where message_id = 'm'`)).toEqual([])
  })
})

describe('the table', () => {
  let tracker: Tracker
  beforeAll(async () => {
    tracker = await openTracker('the in-process broker')
  })
  afterAll(() => tracker.end())

  const anAttempt = (subject: string, attempt: number): FailedAttempt => ({
    subject,
    messageId: `message of ${subject}`,
    causationId: null,
    type: 'ParcelRecalled',
    queue: 'tracker.inbox',
    attempt,
    error: 'it broke',
    outcome: 'retried',
    reason: null,
    firstFailedAt: noon,
    delayMs: 1_000,
  })
  const insert = (...attempts: FailedAttempt[]) => insertAttempts(tracker.database, attempts)
  const numbersOf = async (subject: string) =>
    (
      await tracker.database.query<{ number: number }>(
        'select number::integer as number from failed_attempt where subject = $1 order by number',
        [subject],
      )
    ).map(({ number }) => number)

  it('keeps the newest 100 of 500 attempts of a subject, and shows how many there were', async () => {
    const [id, another] = [newParcelId(), newParcelId()]
    for (let attempt = 1; attempt <= 500; attempt += 5)
      await insert(...Array.from({ length: 5 }, (_, index) => anAttempt(id, attempt + index)), anAttempt(another, 1))
    expect(await numbersOf(id)).toEqual(Array.from({ length: 100 }, (_, index) => 401 + index))
    const pages: { items: { number: number; attempt: number }[]; nextCursor: string | null }[] = []
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null) {
      const query = `parcelId=${id}&limit=40${cursor && `&cursor=${cursor}`}`
      pages.push((await tracker.call('GET', `/attempts?${query}`)).body)
    }
    const shown = pages.flatMap(({ items }) => items)
    expect(pages.map(({ items }) => items.length)).toEqual([40, 40, 20])
    expect(shown[0]).toMatchObject({ number: 500, attempt: 500, firstFailedAt: noon.toISOString() })
    expect(shown.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, index) => 500 - index))
  })

  it('has each attempt of one subject that two instances record at the same time', async () => {
    const id = newParcelId()
    const lost: unknown[] = []
    const inFlight = new InFlight()
    const instances = [1, 2].map(() =>
      createAttemptLog({ sql: tracker.database, inFlight, onLost: (error) => lost.push(error) }),
    )
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      for (const record of instances) record(anAttempt(id, attempt))
      await inFlight.done()
    }
    expect(lost).toEqual([])
    expect(await numbersOf(id)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  it('has one row for a message that is postponed repeatedly', async () => {
    const id = newParcelId()
    const postponed: FailedAttempt = { ...anAttempt(id, 2), outcome: 'postponed' }
    await insert(anAttempt(id, 1))
    await insert(postponed)
    await insert({ ...postponed, error: 'it is still broken' })
    await insert({ ...postponed, messageId: 'another message' })
    expect(await numbersOf(id)).toEqual([1, 3, 4])
    expect(await findLastAttempts(tracker.database, [id])).toMatchObject([
      { messageId: 'another message', number: 4 },
      { messageId: postponed.messageId, number: 3, error: 'it is still broken' },
    ])
  })

  it('keeps the other attempts of a subject while one of its messages is postponed 150 times', async () => {
    const id = newParcelId()
    await insert(anAttempt(id, 1))
    const postponed: FailedAttempt = { ...anAttempt(id, 2), outcome: 'postponed' }
    for (let times = 1; times <= 150; times += 1) await insert(postponed)
    expect(await numbersOf(id)).toEqual([1, 151])
  })

  it('shows a waiting message by the clock of Postgres, even if the one of the process is two days ahead', async () => {
    const id = newParcelId()
    await insert(anAttempt(id, 1))
    const ahead = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * 86_400_000)
    const { body } = await tracker.call('GET', `/whereabouts?parcelId=${id}`)
    ahead.mockRestore()
    expect(body.items).toMatchObject([{ waiting: [{ place: 'retry', type: 'ParcelRecalled', attempts: 1 }] }])
  })

  it('shows a message in a retry queue until a quarter of an hour after it was due: then it is in its queue, or lost', async () => {
    const [due, overdue] = [newParcelId(), newParcelId()]
    await insert({ ...anAttempt(due, 1), delayMs: -14 * 60_000 }, { ...anAttempt(overdue, 1), delayMs: -16 * 60_000 })
    const { body } = await tracker.call('GET', `/whereabouts?parcelId=${due}&parcelId=${overdue}`)
    expect(body.items).toMatchObject([{ parcelId: due, waiting: [{ place: 'retry' }] }, { waiting: [] }])
  })

  it('deletes expired attempts in steps', async () => {
    await tracker.database.query('delete from failed_attempt')
    const [old, fresh] = [newParcelId(), newParcelId()]
    await insert(anAttempt(old, 1), anAttempt(old, 2), anAttempt(old, 3))
    await tracker.database.query(`update failed_attempt set at = now() - interval '2 days'`)
    await insert(anAttempt(fresh, 1))
    const steps: number[] = []
    for (let step = 0; step < 3; step += 1)
      steps.push(await purgeAttempts(tracker.database, { olderThanMs: 86_400_000, limit: 2 }))
    expect(steps).toEqual([2, 1, 0])
    expect(await numbersOf(fresh)).toEqual([1])
  })

  it('answers 422 to a request without an id or with an invalid cursor', async () => {
    expect((await tracker.call('GET', '/attempts')).status).toBe(422)
    expect((await tracker.call('GET', `/attempts?parcelId=${newParcelId()}&cursor=x`)).status).toBe(422)
  })
})
