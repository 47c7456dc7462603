import type { EventRecord } from './event-record.ts'

/**
 * An order has one event of each type; notifications have one per channel and occasion, either sent or failed. Each parcel has one.
 */
export const repeatedIn = (events: readonly EventRecord[]): string[] => {
  const byKey = Map.groupBy(events, keyOf)
  return [...byKey].filter(([, { length }]) => length > 1).map(([key]) => key)
}

const keyOf = ({ type, about }: EventRecord): string =>
  type.startsWith('Notification')
    ? `the result of ${about}`
    : type === 'ShipmentDispatched'
      ? `the parcel of ${about}`
      : type
