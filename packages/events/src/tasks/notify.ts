import { evolve, task } from '@quadrille/messages'
import { z } from 'zod'
import {
  amount,
  carrier,
  currencyCode,
  customer,
  orderId,
  orderOccasion,
  parcelOccasion,
  trackingCode,
} from '../primitives.ts'

const v1 = z.object({ orderId, occasion: orderOccasion, customer, currency: currencyCode, total: amount })

/** Version 2 adds the notice about a parcel. */
const v2 = z.union([v1, v1.extend({ occasion: parcelOccasion, parcel: z.object({ carrier, trackingCode }) })])

const identity = ({ occasion }: z.output<typeof v2>): string => occasion

export const Notify = evolve(
  task('Notify', v1, { summary: 'notify the customer; each channel has its own queue', identity }),
  v2,
  { up: (older) => older, down: (newer) => ('parcel' in newer ? undefined : newer), identity },
)
