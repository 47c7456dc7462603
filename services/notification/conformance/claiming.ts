/** A worker claims a notification in Postgres before it sends it, so that several workers with the same task send one message. */

import { draft, type Message, seal } from '@quadrille/events'
import { run } from '@quadrille/postgres'
import { noCallMade } from '@quadrille/service'
import { neverAborted, on, required } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Channel } from '../src/channels/channel.ts'
import { openNotificationStore } from '../src/db/notification-store.ts'
import { insertNotifications, updateNotifications } from '../src/db/notification-table.ts'
import { pending } from '../src/domain/notification.ts'
import { claimMsFor, notify } from '../src/tasks/notify.ts'
import { aNotice, type ChannelHarness, type ChannelSuite } from './harness.ts'

const maxAttempts = 2

/** A worker, as in another process. */
const aWorker = ({ database }: ChannelHarness, channel: Channel) => {
  const store = openNotificationStore(database, { claimMs: claimMsFor(channel) })
  const task = notify(channel, { store, maxAttempts, onExhausted: () => undefined, onNotReleased: () => undefined })
  return (message: Message<'Notify'>, attempt = 1) => task.perform(message, { number: attempt, signal: neverAborted })
}

/** A notification to be sent by this channel: its task and its identity. */
const aTask = async ({ database }: ChannelHarness, { name: channel }: Channel) => {
  const notice = aNotice()
  const key = { orderId: notice.orderId, channel, occasion: notice.occasion }
  await run(database, insertNotifications([pending(key)]))
  return { key, message: seal(draft('Notify', notice), { service: 'notification', now: new Date() }) }
}

export const claiming = (suite: ChannelSuite) =>
  describe('the task of a notification', () => {
    const { transport, refusal } = suite.features

    if (transport) {
      it(
        'sends one message if several workers have it',
        on(suite, async (harness) => {
          const channel = harness.open()
          const { key, message } = await aTask(harness, channel)
          const workers = [aWorker(harness, channel), aWorker(harness, harness.open())]
          const outcomes = await Promise.allSettled(workers.map((perform) => perform(message)))
          expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
          const rejected = outcomes.find((outcome) => outcome.status === 'rejected')
          expect(rejected?.reason).toMatchObject({ deferred: true })
          const sent = { ...key, status: 'sent', attempts: 1, kept: null } as const
          await run(harness.database, updateNotifications([sent]))
          for (const perform of workers) expect(await perform(message, 2)).toBe(noCallMade)
          expect(await harness.received()).toHaveLength(1)
        }),
      )
    } else {
      it(
        'has the same outcome for several workers, and needs no claim',
        on(suite, async (harness) => {
          const channel = harness.open()
          const { message } = await aTask(harness, channel)
          const workers = [aWorker(harness, channel), aWorker(harness, harness.open())]
          const [first, second] = await Promise.all(workers.map((perform) => perform(message)))
          expect(second).toEqual(first)
          const claimed = 'select from notification where claimed_until is not null'
          expect(await harness.database.query(claimed)).toEqual([])
        }),
      )
    }

    if (refusal !== null) {
      it(
        'returns NotificationUndeliverable if the address is refused',
        on(suite, async (harness) => {
          const channel = harness.open()
          const { key, message } = await aTask(harness, channel)
          required(harness.refuseNext)()
          const outcome = draft('NotificationUndeliverable', { ...key, attempts: 1, code: refusal })
          expect(await aWorker(harness, channel)(message)).toEqual(outcome)
        }),
      )
    }

    if (transport) {
      it(
        'is retried during an outage, after any number of attempts, and releases its claim each time',
        on(suite, async (harness) => {
          const channel = harness.open()
          const { message } = await aTask(harness, channel)
          await required(harness.startOutage)()
          const perform = aWorker(harness, channel)
          for (const attempt of [1, maxAttempts, maxAttempts + 1])
            await expect(perform(message, attempt)).rejects.toMatchObject({ outage: true })
        }),
      )
    }
  })
