/** The result of a dry run, which changes nothing. */

import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { draft, type Message, seal } from '../post.ts'
import { aParcelOf, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

let tracker: Tracker
beforeAll(async () => {
  tracker = await openTracker('the in-process broker')
})
afterAll(() => tracker.end())
beforeEach(async () => {
  tracker.faults.rejectedSenders.clear()
  await tracker.database.query('delete from dead_letter')
})

const sealed = (senderId: string) => seal(draft('ParcelSent', aParcelOf(senderId)), { service: 'counter', now: noon })

/** The contents of all tables except for the dead letters. A dry run must not change it. */
const contents = () =>
  tracker.database.query(
    `select (select jsonb_agg(tally order by parcel_id) from tally) as tally, (select count(*) from inbox) as inbox,
            (select count(*) from outbox) as outbox, (select count(*) from dead_letter_operation) as operations`,
  )

/** Sends a message whose reaction fails. It is parked at once, because another one succeeds beside it. */
const sendRejected = (message: Message): Promise<unknown> =>
  Promise.all([message, sealed('fine')].map((each) => tracker.send(onTheWire(each))))

/** Waits until a sent message is parked, and returns the id of the dead letter. */
const parked = async (sending: Promise<unknown>): Promise<string> => {
  await sending
  const find = async () => (await tracker.call('GET', '/dead-letters?status=parked')).body.items[0]?.id
  return waitUntil(find)
}

const dryRun = async (id: string) => {
  await waitFor(async () => expect(await tracker.database.query('select 1 from outbox')).toEqual([]))
  const before = await contents()
  const answer = await tracker.call('POST', `/dead-letters/${id}/replay`, { dryRun: true })
  expect(answer.status).toBe(200)
  expect(await contents()).toEqual(before)
  expect((await tracker.call('GET', `/dead-letters/${id}`)).body.status).toBe('parked')
  expect(JSON.stringify(answer)).not.toContain('pin_secret')
  return answer.body
}

const parkRejected = async (): Promise<[string, Message]> => {
  tracker.faults.rejectedSenders.add('heavy')
  const message = sealed('heavy')
  return [await parked(sendRejected(message)), message]
}

/** Parks two messages, whose reactions no longer fail. Returns the first. */
const parkTwo = async (): Promise<[string, Message]> => {
  const first = await parkRejected()
  tracker.faults.rejectedSenders.add('other')
  await sendRejected(sealed('other'))
  const items = async () => (await tracker.call('GET', '/dead-letters?status=parked')).body.items
  await waitFor(async () => expect(await items()).toHaveLength(2))
  tracker.faults.rejectedSenders.clear()
  return first
}

it('returns the same error if nothing has changed', async () => {
  const [id] = await parkRejected()
  expect(await dryRun(id)).toEqual({ outcome: 'failed', detail: 'the parcel was rejected' })
})

it('shows the state before and after, and the messages that would be sent', async () => {
  const [id, { subject }] = await parkRejected()
  tracker.faults.rejectedSenders.clear()
  expect(await dryRun(id)).toEqual({
    outcome: 'applied',
    before: null,
    after: { weight: 4_500, pin: '***' },
    events: [],
    tasks: [expect.objectContaining({ type: 'Announce', subject, data: expect.objectContaining({ weight: 4_500 }) })],
  })
})

it('reports a duplicate', async () => {
  const [id, message] = await parkRejected()
  tracker.faults.rejectedSenders.clear()
  await tracker.send(onTheWire(message))
  expect(await dryRun(id)).toEqual({ outcome: 'duplicate' })
})

it('does not perform tasks', async () => {
  const [, message] = await parkRejected()
  await tracker.database.query('delete from dead_letter')
  tracker.faults.taskFault = {}
  const { weight } = aParcelOf('x')
  const sender = { id: 'x', email: 'x@example.com' }
  const notice = { parcelId: message.subject, sender, weight, occasion: 'parcel_arrived' } as const
  const task = seal(draft('Announce', notice), { service: 'tracker', now: noon })
  const id = await parked(tracker.sendTo('tracker.tasks', task))
  expect(await dryRun(id)).toEqual({
    outcome: 'not_tried',
    detail: 'The task Announce would run, and its effect can’t be undone.',
  })
  expect(tracker.done).not.toContain(message.subject)
  tracker.faults.taskFault = null
})

it('does not handle a message that has crashed processes', async () => {
  const [id] = await parkRejected()
  tracker.faults.rejectedSenders.clear()
  await tracker.database.query("update dead_letter set reason = 'kills_its_consumer'")
  expect(await dryRun(id)).toMatchObject({ outcome: 'not_tried', detail: expect.stringContaining('crashed') })
})

it('reports why a message still can’t be read', async () => {
  const id = await parked(tracker.send({ body: Buffer.from('{"specversion"') }))
  expect(await dryRun(id)).toEqual({ outcome: 'failed', detail: expect.stringContaining('not_json') })
})

it.each([
  ['that the service does not consume', 'ParcelCounted', 'no reaction to ParcelCounted'],
  ['of an unknown type', 'ParcelPondered', 'unknown_type'],
])('reports that a message %s would be ignored', async (_, type, detail) => {
  const [id, message] = await parkRejected()
  const body = { ...message, type, data: { parcelId: message.subject } }
  await tracker.database.query('update dead_letter set body = $1', [Buffer.from(JSON.stringify(body))])
  expect(await dryRun(id)).toEqual({ outcome: 'ignored', detail: expect.stringContaining(detail) })
})

it('reports that an event storm would be parked again', async () => {
  const id = await parked(tracker.send(onTheWire({ ...sealed('light'), hops: 1_000 })))
  expect(await dryRun(id)).toEqual({ outcome: 'failed', detail: expect.stringContaining('has 1000 hops') })
})

it('reports the result for each message that matches a filter, the oldest first', async () => {
  const deadLetters: string[] = []
  for (let count = 1; count <= 3; count += 1) {
    tracker.faults.rejectedSenders.add('heavy')
    await sendRejected(sealed('heavy'))
    await waitUntil(async () => (await tracker.call('GET', '/dead-letters?status=parked')).body.items.length === count)
  }
  for (const { id } of (await tracker.call('GET', '/dead-letters')).body.items) deadLetters.unshift(id)
  tracker.faults.rejectedSenders.clear()
  const { status, body } = await tracker.call('POST', '/dead-letters/replay', {
    dryRun: true,
    limit: 2,
    type: 'ParcelSent',
  })
  expect(status).toBe(200)
  expect(body.items).toMatchObject(deadLetters.slice(0, 2).map((id) => ({ id, outcome: 'applied' })))
  expect((await tracker.call('GET', '/dead-letters?status=parked')).body.items).toHaveLength(3)
})

it.each([
  ['has locked its rows', "insert into inbox (subject, id, hash) values ($1, $2, '')"],
  ['has claimed its subject', 'select pg_advisory_xact_lock(hashtextextended($1::text, 0)), $2::text'],
])('says which message is not tried because another session %s, and tries the others', async (_, lock) => {
  const [locked, message] = await parkTwo()
  const { status, body } = await tracker.database.transaction(async (sql) => {
    await sql.query(lock, [message.subject, message.id])
    return tracker.call('POST', '/dead-letters/replay', { dryRun: true })
  })
  expect(status).toBe(200)
  expect(body.items).toMatchObject([
    { id: locked, outcome: 'not_tried', detail: 'Another session has locked its rows; try again.' },
    { outcome: 'applied' },
  ])
})

it.each([
  ['cancels', '57014', { outcome: 'failed', detail: 'raised by the test' }],
  [
    'refuses',
    'XX001',
    { outcome: 'not_tried', detail: 'Postgres refuses a statement for it now; a replay would wait.' },
  ],
])('reports that Postgres %s the statement of a message, and tries the others', async (_, code, trial) => {
  const [first, { subject }] = await parkTwo()
  onTestFinished(async () => void (await tracker.database.query('drop function if exists fail cascade')))
  await tracker.database.query(
    `create function fail() returns trigger language plpgsql as $$
       begin raise 'raised by the test' using errcode = '${code}'; end $$`,
  )
  await tracker.database.query(
    `create trigger failing before insert on tally for each row when (new.parcel_id = '${subject}') execute function fail()`,
  )
  const { status, body } = await tracker.call('POST', '/dead-letters/replay', { dryRun: true })
  expect(status).toBe(200)
  expect(body.items).toMatchObject([{ id: first, ...trial }, { outcome: 'applied' }])
})

it('reports that a dead letter cannot be read, and tries the others', async () => {
  const [damaged] = await parkTwo()
  onTestFinished(async () => {
    await tracker.database.query('drop function if exists read_body cascade')
    await tracker.database.query('alter table if exists stored_letter rename to dead_letter')
  })
  await tracker.database.query(
    `create function read_body(id uuid, body bytea) returns bytea stable language plpgsql as $$
     begin if id = '${damaged}' then raise 'raised by the test' using errcode = 'XX001'; end if; return body; end $$`,
  )
  await tracker.database.query('alter table dead_letter rename to stored_letter')
  await tracker.database.query(
    `do $$ begin execute (
       select 'create view dead_letter as select '
              || string_agg(case attname when 'body' then 'read_body(id, body) as body' else attname end, ', ' order by attnum)
              || ' from stored_letter'
       from pg_attribute where attrelid = 'stored_letter'::regclass and attnum > 0 and not attisdropped
     ); end $$`,
  )
  const { status, body } = await tracker.call('POST', '/dead-letters/replay', { dryRun: true })
  expect(status).toBe(200)
  expect(body.items).toMatchObject([{ id: damaged, outcome: 'not_tried' }, { outcome: 'applied' }])
})
