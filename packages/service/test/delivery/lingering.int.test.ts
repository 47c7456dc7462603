/** Events that are not urgent share a transaction. */

import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aParcel, draft, type Message, newParcelId, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

/** Longer than a test. */
const forever = { LINGER_MS: '4000' }

const sentBy = { service: 'counter', now: noon }
const parcelSent = (parcelId = newParcelId()) => seal(draft('ParcelSent', aParcelOf('fine', parcelId)), sentBy)
/** Not a lingering event. Its reaction fails. */
const parcelRecalled = (parcelId: string) => seal(draft('ParcelRecalled', aParcel(parcelId)), sentBy)

const open = async (kind: keyof typeof brokers, env: Record<string, string>): Promise<Tracker> => {
  const tracker = await openTracker(kind, env)
  onTestFinished(() => tracker.end())
  return tracker
}

/** Sends the messages in this order. In one process it resolves once they have been handled. */
const sendAll = (tracker: Tracker, messages: readonly Message[]) =>
  Promise.all(messages.map((message) => tracker.send(onTheWire(message))))

const handled = async ({ database }: Tracker): Promise<string[]> =>
  (await database.query<{ id: string }>('select id from inbox order by id')).map(({ id }) => id)

/** The number of transactions of the reactions, and of their messages. */
const transactions = async (tracker: Tracker) => {
  const page = await tracker.metrics()
  const figure = (name: string) =>
    Number(new RegExp(`^quadrille_batch_size_${name}\\{.*\\} (.+)$`, 'm').exec(page)?.[1])
  return { count: figure('count'), messages: figure('sum') }
}

it('events of several subjects are handled in one transaction after a while', async () => {
  const tracker = await open('the in-process broker', { LINGER_MS: '3000' })
  await sendAll(
    tracker,
    Array.from({ length: 5 }, () => parcelSent()),
  )
  await waitFor(() => expect(tracker.done).toHaveLength(5))
  expect(await transactions(tracker)).toEqual({ count: 1, messages: 5 })
})

/**
 * Sends a lingering event about one parcel, then one about another parcel and an urgent one. Resolves once some are handled. Begins
 * again, at most twice, if that took so long that the first event may no longer linger.
 */
const sendUrgent = async (kind: keyof typeof brokers, tries = 3) => {
  const tracker = await open(kind, forever)
  const one = newParcelId()
  const messages = [parcelSent(), parcelSent(one), parcelRecalled(one)]
  const begunMs = performance.now()
  const sent = Promise.allSettled([sendAll(tracker, messages)]) // a stop may return the last one, which may wait for a lock
  const first = await waitFor(async () => {
    const ids = await handled(tracker)
    expect(ids).not.toEqual([])
    return ids
  })
  const done = await waitUntil(() => tracker.done.length > 0 && [...tracker.done])
  if (performance.now() - begunMs > 3_500 && tries > 1) return sendUrgent(kind, tries - 1)
  return { tracker, messages, sent, first, done }
}

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s', (kind) => {
  it('an urgent event takes those about its subject along, and a service that stops handles the others first', async () => {
    const { tracker, messages, sent, first, done } = await sendUrgent(kind)
    expect(first).toEqual([messages[1]?.id]) // the other one lingers
    expect(done).toEqual([messages[1]?.subject])
    await tracker.restart(forever)
    await sent
    expect(await handled(tracker)).toEqual([messages[0]?.id, messages[1]?.id].toSorted())
  })
})
