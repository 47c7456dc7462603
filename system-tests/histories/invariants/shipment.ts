/** Each requested parcel of a fulfilled order is dispatched once. */
import type { Message } from '@quadrille/events'
import type { MemoryWorld } from '../memory-world.ts'
import type { PlannedDispatch } from '../plan.ts'
import { check } from './check.ts'

interface Shown {
  readonly id: string
  readonly status: string
}

interface Parcel {
  readonly carrier: string
  readonly trackingCode: string
  readonly at: string
}

interface OfOrder {
  readonly dispatches: readonly PlannedDispatch[]
  readonly published: readonly Message[]
}

export const checkShipment = (
  { shipments }: MemoryWorld,
  { id, status }: Shown,
  { dispatches, published }: OfOrder,
): void => {
  const due = status === 'fulfilled' ? distinct(dispatches) : []
  const announced = published.flatMap(({ type, data }) => (type === 'ShipmentDispatched' ? [data] : []))
  check(listed(announced) === listed(due), `requested: ${listed(due)}; dispatched: ${listed(announced)}`, id)
  const [first] = published
  const shipment = first && shipments.of(first).shipment
  check(
    (shipment !== undefined) === (status === 'fulfilled'),
    `a ${status} order has ${shipment ? 'a' : 'no'} shipment`,
    id,
  )
  const [stored, sent] = [timed(shipment?.parcels ?? []), timed(announced.toSorted(byTime))]
  check(stored === sent, `shipping has ${stored}; dispatched: ${sent}`, id)
}

const byTime = (one: Parcel, other: Parcel): number => (one.at < other.at ? -1 : 1)

/** The first request of each idempotency key. */
const distinct = (dispatches: readonly PlannedDispatch[]): readonly PlannedDispatch[] => [
  ...new Map(dispatches.map((request) => [request.idempotencyKey ?? request.parcelId, request])).values(),
]

const listed = (parcels: readonly Omit<Parcel, 'at'>[]): string =>
  parcels
    .map(({ carrier, trackingCode }) => `${carrier} ${trackingCode}`)
    .toSorted()
    .join(', ')

const timed = (parcels: readonly Parcel[]): string =>
  parcels.map(({ at, carrier, trackingCode }) => `${at} ${carrier} ${trackingCode}`).join(', ')
