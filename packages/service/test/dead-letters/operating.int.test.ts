/** Filters, groups and invalid requests for dead letters, and the metrics. */

import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { draft, seal } from '../post.ts'
import { aParcelOf, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

const none = '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a'
const count = 7
let tracker: Tracker
beforeAll(async () => {
  tracker = await openTracker('the in-process broker')
  tracker.faults.rejectedSenders.add('heavy')
  const sendParcels = (senderId: string) =>
    tracker.send(onTheWire(seal(draft('ParcelSent', aParcelOf(senderId)), { service: 'counter', now: noon })))
  for (let sent = 0; sent < count - 1; sent += 1) await sendParcels('heavy')
  await tracker.send({ body: Buffer.from('?') })
  const allParked = async () => {
    await sendParcels('fine') // if no message succeeds, messages with the same failure are held instead of parked
    return (await deadLetters()).length === count
  }
  await waitUntil(allParked)
})
afterAll(() => tracker.end())

const deadLetters = async (query = '') => (await tracker.call('GET', `/dead-letters${query}`)).body.items

describe('the list', () => {
  it('is limited by each filter', async () => {
    const [{ parcelId, place }] = await deadLetters('?reason=attempts_exhausted')
    expect(await deadLetters(`?parcelId=${parcelId}`)).toHaveLength(1)
    expect(await deadLetters(`?place=${encodeURIComponent(place)}`)).toHaveLength(count - 1)
    expect(await deadLetters('?reason=not_json')).toHaveLength(1)
    expect(await deadLetters('?type=ParcelSent&queue=tracker.inbox&status=parked')).toHaveLength(count - 1)
    expect(await deadLetters('?type=ParcelSent&type=')).toHaveLength(count)
    expect(await deadLetters('?type=%0A%00')).toEqual([])
    expect(await deadLetters('?place=')).toHaveLength(0)
    expect(await deadLetters('?status=discarded')).toEqual([])
    expect(await deadLetters('?from=2999-01-01T00:00:00Z')).toEqual([])
    expect(await deadLetters('?to=2999-01-01T00:00:00Z')).toHaveLength(count)
    const { body } = await tracker.call('GET', '/dead-letters?limit=3')
    expect(body.items).toHaveLength(3)
    expect(await deadLetters(`?cursor=${body.nextCursor}`)).toHaveLength(count - 3)
  })

  it('is grouped by failure', async () => {
    const { body } = await tracker.call('GET', '/dead-letters/groups')
    expect(body).toMatchObject({
      items: [
        { reason: 'attempts_exhausted', type: 'ParcelSent', queue: 'tracker.inbox', count: count - 1 },
        { reason: 'not_json', type: '', count: 1 },
      ],
      nextCursor: null,
    })
  })
})

describe('an invalid request', () => {
  it.each([
    ['GET', '/dead-letters?limit=0', undefined, 422],
    ['GET', '/dead-letters?status=lost', undefined, 422],
    ['GET', '/dead-letters?parcelId=1', undefined, 422],
    ['GET', '/dead-letters?from=yesterday', undefined, 422],
    ['GET', '/dead-letters?reason=%00', undefined, 422],
    ['GET', '/dead-letters?cursor=forged', undefined, 422],
    ['GET', '/dead-letters?colour=red', undefined, 422],
    ['GET', '/dead-letters/groups?cursor=', undefined, 422],
    ['GET', '/dead-letters/42', undefined, 404],
    ['GET', `/dead-letters/${none}`, undefined, 404],
    ['POST', `/dead-letters/${none}/replay`, undefined, 404],
    ['DELETE', `/dead-letters/${none}?reason=none`, undefined, 404],
    ['POST', '/dead-letters/groups', {}, 405],
    ['PUT', `/dead-letters/${none}`, {}, 405],
    ['POST', '/dead-letters/replay', undefined, 400],
    ['POST', '/dead-letters/replay', { limit: 1_001 }, 422],
    ['POST', '/dead-letters/replay', { perSecond: 0.5 }, 422],
    ['POST', '/dead-letters/replay', { status: 'replayed' }, 422],
    ['POST', '/dead-letters/replay', { dryRun: 'yes' }, 422],
    ['POST', '/dead-letters/replay?queue=tracker.inbox&dryRun=true', {}, 422],
  ])('%s %s %j is rejected with %i, and changes nothing', async (method, path, body, expected) => {
    const { status, body: problem } = await tracker.call(method, path, body)
    expect([status, problem.type]).toEqual([expected, expect.stringMatching(/^\/docs\/problems#/)])
    expect(await deadLetters('?status=parked')).toHaveLength(count)
  })

  it.each([
    [{ edit: { payload: {} } }, '/edit'],
    [{ note: 'x'.repeat(1_001) }, '/note'],
    [{ force: true }, '/force'],
  ])('a replay with %j is rejected with 422 and the field', async (body, pointer) => {
    const [{ id }] = await deadLetters()
    const { status, body: problem } = await tracker.call('POST', `/dead-letters/${id}/replay`, body)
    expect([status, problem.errors[0].pointer]).toEqual([422, pointer])
  })

  it('a replay to a queue that no longer exists is rejected', async () => {
    const [{ id }] = await deadLetters()
    await tracker.database.query("update dead_letter set queue = 'gone.inbox' where id = $1", [id])
    const { status, body } = await tracker.call('POST', '/dead-letters/replay', {})
    expect([status, body.detail]).toEqual([409, expect.stringContaining('gone.inbox')])
    expect(await deadLetters('?status=parked')).toHaveLength(count)
    const tried = await tracker.call('POST', `/dead-letters/${id}/replay`, { dryRun: true })
    const failed = { outcome: 'failed', detail: expect.stringContaining('gone.inbox') }
    expect(tried.body).toEqual(failed)
    const all = await tracker.call('POST', '/dead-letters/replay', { dryRun: true })
    expect(all.status).toBe(200)
    expect(all.body.items).toContainEqual(expect.objectContaining(failed))
    await tracker.database.query("update dead_letter set queue = 'tracker.inbox' where id = $1", [id])
  })
})

describe('the metrics', () => {
  it('count the parked messages, and their outcomes', async () => {
    const [{ id: first }, { id: second }] = await deadLetters('?reason=attempts_exhausted')
    await tracker.call('POST', `/dead-letters/${first}/replay`)
    await tracker.call('DELETE', `/dead-letters/${second}?reason=a%20test`)
    await waitFor(async () => {
      const lines = (await tracker.metrics()).split('\n')
      expect(lines).toEqual(
        expect.arrayContaining([
          `quadrille_dead_letters_total{queue="tracker.inbox",reason="attempts_exhausted",service="tracker"} ${count}`,
          'quadrille_dead_letters_total{queue="tracker.inbox",reason="not_json",service="tracker"} 1',
          'quadrille_dead_letters_replayed_total{service="tracker"} 1',
          'quadrille_dead_letters_discarded_total{service="tracker"} 1',
          `quadrille_dead_letters_parked{reason="attempts_exhausted",service="tracker"} ${count - 2}`,
        ]),
      )
      const oldest = lines.find((line) => line.startsWith('quadrille_dead_letters_oldest_age_seconds'))
      expect(Number(oldest?.split(' ')[1])).toBeGreaterThan(0)
    })
  })
})
