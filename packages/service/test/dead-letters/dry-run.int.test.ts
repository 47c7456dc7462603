/** The answer of a dry run, which changes nothing. */

import { noon } from '@quadrille/testing'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { draft, type Message, seal } from '../post.ts'
import { aParcelOf, onTheWire, openStage, type Stage } from '../tally/tallier.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage('the in-process broker')
})
afterAll(() => stage.end())
beforeEach(async () => {
  stage.faults.unbearable.clear()
  await stage.database.query('delete from dead_letter')
})

const sealed = (senderId: string) => seal(draft('ParcelSent', aParcelOf(senderId)), { service: 'counter', now: noon })

/** The contents of all tables except for the dead letters. A dry run must not change it. */
const held = () =>
  stage.database.query(
    `select (select jsonb_agg(tally order by parcel_id) from tally) as tally, (select count(*) from inbox) as inbox,
            (select count(*) from outbox) as outbox, (select count(*) from dead_letter_operation) as operations`,
  )

/** The id of the dead letter that is parked when this has been sent. */
const parked = async (message: Parameters<Stage['send']>[0], queue?: string): Promise<string> => {
  await stage.send(message, queue)
  const find = async () => (await stage.call('GET', '/dead-letters?status=parked')).body.items[0]?.id
  return vi.waitUntil(find, { timeout: 10_000 })
}

const tryOut = async (id: string) => {
  await vi.waitFor(async () => expect(await stage.database.query('select 1 from outbox')).toEqual([]), {
    timeout: 10_000,
  })
  const before = await held()
  const answer = await stage.call('POST', `/dead-letters/${id}/replay`, { dryRun: true })
  expect(answer.status).toBe(200)
  expect(await held()).toEqual(before)
  expect((await stage.call('GET', `/dead-letters/${id}`)).body.status).toBe('parked')
  expect(JSON.stringify(answer)).not.toContain('pin_secret')
  return answer.body
}

const unbearable = async (): Promise<[string, Message]> => {
  stage.faults.unbearable.add('heavy')
  const message = sealed('heavy')
  return [await parked(onTheWire(message)), message]
}

it('returns the same error if nothing has changed', async () => {
  const [id] = await unbearable()
  expect(await tryOut(id)).toEqual({ outcome: 'failed', detail: 'this parcel is too much' })
})

it('shows the state before and after, and the messages that would be sent', async () => {
  const [id, { subject }] = await unbearable()
  stage.faults.unbearable.clear()
  expect(await tryOut(id)).toEqual({
    outcome: 'applied',
    before: null,
    after: { weight: 4_500, pin: '***' },
    events: [],
    tasks: [expect.objectContaining({ type: 'Announce', subject, data: expect.objectContaining({ weight: 4_500 }) })],
  })
})

it('reports a duplicate', async () => {
  const [id, message] = await unbearable()
  stage.faults.unbearable.clear()
  await stage.send(onTheWire(message))
  expect(await tryOut(id)).toEqual({ outcome: 'duplicate' })
})

it('does not perform tasks', async () => {
  const [, message] = await unbearable()
  await stage.database.query('delete from dead_letter')
  stage.faults.taskFault = {}
  const { weight } = aParcelOf('x')
  const sender = { id: 'x', email: 'x@example.com' }
  const notice = { parcelId: message.subject, sender, weight, occasion: 'parcel_arrived' } as const
  const id = await parked(
    onTheWire(seal(draft('Announce', notice), { service: 'tallier', now: noon })),
    'tallier.tasks',
  )
  expect(await tryOut(id)).toEqual({
    outcome: 'not_tried',
    detail: 'The task Announce would run, and its effect can’t be undone.',
  })
  expect(stage.done).not.toContain(message.subject)
  stage.faults.taskFault = null
})

it('does not handle a message that has crashed processes', async () => {
  const [id] = await unbearable()
  stage.faults.unbearable.clear()
  await stage.database.query("update dead_letter set reason = 'kills_its_consumer'")
  expect(await tryOut(id)).toMatchObject({ outcome: 'not_tried', detail: expect.stringContaining('crashed') })
})

it('reports why a message still can’t be read', async () => {
  const id = await parked({ body: Buffer.from('{"specversion"') })
  expect(await tryOut(id)).toEqual({ outcome: 'failed', detail: expect.stringContaining('not_json') })
})

it('reports the result for each message that matches a filter, the oldest first', async () => {
  const letters: string[] = []
  for (let count = 1; count <= 3; count += 1) {
    stage.faults.unbearable.add('heavy')
    await stage.send(onTheWire(sealed('heavy')))
    await vi.waitUntil(
      async () => (await stage.call('GET', '/dead-letters?status=parked')).body.items.length === count,
      { timeout: 10_000 },
    )
  }
  for (const { id } of (await stage.call('GET', '/dead-letters')).body.items) letters.unshift(id)
  stage.faults.unbearable.clear()
  const { status, body } = await stage.call('POST', '/dead-letters/replay', {
    dryRun: true,
    limit: 2,
    type: 'ParcelSent',
  })
  expect(status).toBe(200)
  expect(body.items).toMatchObject(letters.slice(0, 2).map((id) => ({ id, outcome: 'applied' })))
  expect((await stage.call('GET', '/dead-letters?status=parked')).body.items).toHaveLength(3)
})
