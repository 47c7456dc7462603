/** Messages of several parcels fail with the same unknown error. The messages are not at fault, and are not given up. */

import { noon } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterEach, expect, it } from 'vitest'
import { draft, type Message, seal } from '../../post.ts'
import { aParcelOf, type brokers, onTheWire, openTracker, type Tracker } from '../../tally/tracker.ts'

let tracker: Tracker
afterEach(() => tracker.end())

const parcelSent = (senderId = 'good'): Message =>
  seal(draft('ParcelSent', aParcelOf(senderId)), { service: 'counter', now: noon })
const many = (count: number, senderId?: string) => Array.from({ length: count }, () => parcelSent(senderId))
const send = (messages: readonly Message[]) => messages.map((message) => tracker.send(onTheWire(message)))
const idsOf = (messages: readonly Message[]) => messages.map(({ subject }) => subject).sort()

const readiness = async () => (await tracker.call('GET', '/health/ready')).body
const heldBy = async (queue: string) =>
  new RegExp(`^quadrille_messages_held\\{queue="${queue}",.*\\} (\\d)$`, 'm').exec(await tracker.metrics())?.[1]
const deadLetters = () =>
  tracker.database.query<{ id: string }>('select subject as id, reason from dead_letter order by subject')
const handled = async () =>
  (await tracker.database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id).sort()

/** Makes every write to the table fail. The sequence `attempt` counts the failures, because it is not rolled back. */
const breakTable = async (on: 'insert' | 'update', sqlState = 'P0001'): Promise<void> => {
  await tracker.database.query('create sequence attempt')
  await tracker.database.query(`create function refuse() returns trigger language plpgsql as
    $$ begin perform nextval('attempt');
       raise exception 'the disk of the auditor is full' using errcode = '${sqlState}'; end $$`)
  await tracker.database.query(`create trigger broken before ${on} on tally for each row execute function refuse()`)
}
const repairTable = () => tracker.database.query('drop trigger broken on tally')
const attempts = async () => {
  const counted = 'select last_value + is_called::integer - 1 as count from attempt'
  return (await tracker.database.query<{ count: number }>(counted))[0]?.count ?? 0
}

it.each<[broker: keyof typeof brokers, what: string, count: number, RETRY_ATTEMPTS: string, sqlState: string]>([
  ['the in-process broker', 'two parcels, at their last attempt', 2, '1', 'P0001'],
  ['the in-process broker', 'ten parcels whose statements exceed the statement timeout', 10, '6', '57014'],
  ['RabbitMQ', 'ten parcels, at any attempt', 10, '6', 'P0001'],
])('on %s, %s, are held until one succeeds', async (kind, _, count, RETRY_ATTEMPTS, sqlState) => {
  tracker = await openTracker(kind, { RETRY_ATTEMPTS })
  await breakTable('insert', sqlState)
  const messages = many(count)
  const sent = send(messages)
  await waitFor(async () => {
    expect(await readiness()).toMatchObject({ status: 'degraded', held: { 'tracker.inbox': `error ${sqlState}` } })
  })
  await waitFor(async () => expect(await heldBy('tracker.inbox')).toBe('1'))
  const [inbox] = (await tracker.call('GET', '/queues')).body.queues
  expect(inbox).toMatchObject({ name: 'tracker.inbox', heldFor: `error ${sqlState}` })
  const before = await attempts()
  await waitFor(async () => expect(await attempts()).toBeGreaterThan(before)) // one message is retried
  expect((await readiness()).catchingUp).toBe(
    `messages in tracker.inbox all fail alike, and are held (error ${sqlState})`,
  )
  expect(await deadLetters()).toEqual([])
  await tracker.send({ ...onTheWire(parcelSent()), body: Buffer.from('nonsense') }) // it is parked meanwhile
  await waitFor(async () => expect(await deadLetters()).toMatchObject([{ reason: 'not_json' }]))
  await repairTable()
  await waitFor(async () => expect(await handled()).toEqual(idsOf(messages)))
  await Promise.all(sent)
  await waitFor(async () => expect(await readiness()).toMatchObject({ status: 'ready', held: {} }))
  await waitFor(async () => expect(await heldBy('tracker.inbox')).toBe('0'))
  expect((await readiness()).catchingUp).toMatch(/^messages in tracker.inbox were held until \d+ s ago$/)
  expect(await deadLetters()).toMatchObject([{ reason: 'not_json' }])
})

it('messages that fail in the same way while others succeed are parked, and do not delay others', async () => {
  tracker = await openTracker('the in-process broker')
  tracker.faults.rejectedSenders.add('heavy')
  const [bad, good] = [many(10, 'heavy'), many(10)]
  const sent = bad.flatMap((message, index) => send([message, ...good.slice(index, index + 1)]))
  await waitFor(async () => expect(await handled()).toEqual(idsOf(good)))
  await waitFor(async () => {
    await Promise.all(send(many(1)))
    expect((await deadLetters()).map(({ id }) => id)).toEqual(idsOf(bad))
  })
  await Promise.all(sent)
})

it.each([
  ['one task', 1],
  ['six tasks', 6],
])('%s whose outcome cannot be stored: the outcome is kept, and the task is not repeated', async (_, count) => {
  tracker = await openTracker('the in-process broker', { RETRY_ATTEMPTS: '6' })
  tracker.faults.taskHasOutcome = true
  await breakTable('update')
  const messages = many(count)
  await Promise.all(send(messages))
  await waitFor(async () => expect(await attempts()).toBeGreaterThanOrEqual(count))
  await repairTable()
  const announced = () => tracker.database.query(`select 1 from tally where state ->> 'announced' = 'true'`)
  await waitFor(async () => expect(await announced()).toHaveLength(count))
  expect([...tracker.done].sort()).toEqual(idsOf(messages))
  expect(await deadLetters()).toEqual([])
})
