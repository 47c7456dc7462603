/** Messages of several parcels fail alike, for a reason that is not on any list: the messages are not at fault, and are not given up. */

import { noon } from '@quadrille/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { draft, type Message, seal } from '../../post.ts'
import { aParcelOf, brokers, onTheWire, openStage, type Stage } from '../../tally/tallier.ts'

let stage: Stage
afterEach(() => stage.end())

const placed = (senderId = 'good'): Message =>
  seal(draft('ParcelSent', aParcelOf(senderId)), { service: 'counter', now: noon })
const many = (count: number, senderId?: string) => Array.from({ length: count }, () => placed(senderId))
const send = (messages: readonly Message[]) => messages.map((message) => stage.send(onTheWire(message)))
const idsOf = (messages: readonly Message[]) => messages.map(({ subject }) => subject).sort()

const readiness = async () => (await stage.call('GET', '/health/ready')).body
const heldBy = async (queue: string) =>
  new RegExp(`^quadrille_messages_held\\{queue="${queue}",.*\\} (\\d)$`, 'm').exec(await stage.metrics())?.[1]
const letters = () => stage.database.query<{ id: string }>('select subject as id from dead_letter order by subject')
const tallied = async () =>
  (await stage.database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id).sort()
const eventually = (check: () => Promise<void>, seconds = 20) =>
  vi.waitFor(check, { timeout: seconds * 1_000, interval: 50 })

/** Every write to the table fails; `attempt` counts how often, as a sequence is not rolled back. */
const breakTable = async (on: 'insert' | 'update'): Promise<void> => {
  await stage.database.query('create sequence attempt')
  await stage.database.query(`create function refuse() returns trigger language plpgsql as
    $$ begin perform nextval('attempt'); raise exception 'the disk of the auditor is full'; end $$`)
  await stage.database.query(`create trigger broken before ${on} on tally for each row execute function refuse()`)
}
const mendTable = () => stage.database.query('drop trigger broken on tally')
const attempts = async () =>
  (await stage.database.query<{ n: number }>('select last_value as n from attempt'))[0]?.n ?? 0

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  it.each([
    ['two parcels, at their last attempt', 2, '1'],
    ['ten parcels, at any attempt', 10, '6'],
  ])('%s, are held until one succeeds', { timeout: 60_000 }, async (_, count, RETRY_ATTEMPTS) => {
    stage = await openStage(kind, { RETRY_ATTEMPTS })
    await breakTable('insert')
    const messages = many(count)
    const sent = send(messages)
    await eventually(async () => {
      expect(await readiness()).toMatchObject({ status: 'degraded', held: { 'tallier.inbox': 'error P0001' } })
    })
    await eventually(async () => expect(await heldBy('tallier.inbox')).toBe('1'))
    const before = await attempts()
    await eventually(async () => expect(await attempts()).toBeGreaterThan(before)) // one tries
    expect(await letters()).toEqual([])
    await mendTable()
    await eventually(async () => expect(await tallied()).toEqual(idsOf(messages)), 30)
    await Promise.all(sent)
    await eventually(async () => expect(await readiness()).toMatchObject({ status: 'ready', held: {} }))
    await eventually(async () => expect(await heldBy('tallier.inbox')).toBe('0'))
    expect(await letters()).toEqual([])
  })

  it('a message that fails alone is parked, even if other tasks call nothing', async () => {
    stage = await openStage(kind)
    stage.faults.unbearable.add('heavy')
    const bad = many(1, 'heavy')
    await Promise.all(send(bad))
    await eventually(async () => expect((await letters()).map(({ id }) => id)).toEqual(idsOf(bad)))
  })

  it('messages that fail in the same way while others succeed are parked, and do not delay others', {
    timeout: 60_000,
  }, async () => {
    stage = await openStage(kind)
    stage.faults.unbearable.add('heavy')
    const [bad, good] = [many(10, 'heavy'), many(10)]
    const sent = bad.flatMap((message, index) => send([message, ...good.slice(index, index + 1)]))
    await eventually(async () => expect(await tallied()).toEqual(idsOf(good)), 10)
    await eventually(async () => {
      await Promise.all(send(many(1)))
      expect((await letters()).map(({ id }) => id)).toEqual(idsOf(bad))
    }, 30)
    await Promise.all(sent)
  })

  it('an unreadable message is parked at once, even while all others are held', async () => {
    stage = await openStage(kind)
    await breakTable('insert')
    const sent = send(many(2))
    await eventually(async () => expect((await readiness()).status).toBe('degraded'))
    await stage.send({ ...onTheWire(placed()), body: Buffer.from('nonsense') })
    await eventually(async () =>
      expect(await stage.database.query('select reason from dead_letter')).toEqual([{ reason: 'not_json' }]),
    )
    await mendTable()
    await eventually(async () => expect(await tallied()).toHaveLength(2), 30)
    await Promise.all(sent)
  })

  it.each([
    ['one task', 1, '6'],
    ['six tasks', 6, '6'],
  ])(
    '%s whose outcome can not be stored: it is kept, and no work is repeated',
    { timeout: 60_000 },
    async (_, count, RETRY_ATTEMPTS) => {
      stage = await openStage(kind, { RETRY_ATTEMPTS })
      stage.faults.taskTells = true
      await breakTable('update')
      const messages = many(count)
      await Promise.all(send(messages))
      await eventually(async () => expect(await attempts()).toBeGreaterThanOrEqual(count + 1))
      await mendTable()
      const told = () => stage.database.query(`select 1 from tally where state ->> 'told' = 'true'`)
      await eventually(async () => expect(await told()).toHaveLength(count), 30)
      expect([...stage.done].sort()).toEqual(idsOf(messages))
      expect(await letters()).toEqual([])
    },
  )
})
