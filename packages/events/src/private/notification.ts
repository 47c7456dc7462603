/** The tasks and internal messages of the notification service. Version 2 of Notify adds the occasions of parcels. */
import { contentHash, internal, prose, task, text, withVersion } from '@quadrille/messages'
import { z } from 'zod'
import {
  amount,
  carrier,
  channel,
  code,
  currencyCode,
  customer,
  occasion,
  orderId,
  orderOccasion,
  parcelOccasion,
  trackingCode,
} from '../primitives.ts'

const notify1 = z.object({ orderId, occasion: orderOccasion, customer, currency: currencyCode, total: amount })

const notify2 = z.union([
  notify1,
  notify1.extend({ occasion: parcelOccasion, parcel: z.object({ carrier, trackingCode }) }),
])

const occasionOf = (data: z.output<typeof notify2>): string => data.occasion

export const Notify = withVersion(
  task('Notify', notify1, {
    summary: 'notify the customer; each channel has its own queue',
    identity: occasionOf,
  }),
  notify2,
  { up: (older) => older, down: (newer) => ('parcel' in newer ? undefined : newer), identity: occasionOf },
)

/** The result of a notification, of one channel. */
const result = z.object({ orderId, channel, occasion, attempts: z.int().min(1) })

// Two workers with the same task may report different results. The first one counts. The second has another id, so it is not taken
// for a duplicate.
const identity: (data: object) => string = contentHash

/** The text of the notification, if no transport is configured. The service then shows it over HTTP. */
const kept = z.object({ subject: text(1_000), text: prose(100_000) })

export const NotificationDelivered = internal('NotificationDelivered', result.extend({ kept: kept.optional() }), {
  summary: 'a channel accepted the notification',
  identity,
})

export const NotificationUndeliverable = internal('NotificationUndeliverable', result.extend({ code }), {
  summary:
    'a channel refused the notification permanently, it failed too often, or a later one was sent first that replaces it',
  identity,
})
