import type { EventRecord } from './event-record.ts'

/** An order has one event of each type; notifications one for each channel and occasion, whether sent or failed. */
export const repeatedIn = (events: readonly EventRecord[]): string[] => {
  const said = Map.groupBy(events, keyOf)
  return [...said].filter(([, { length }]) => length > 1).map(([key]) => key)
}

const keyOf = ({ type, about }: EventRecord): string => (type.startsWith('Notification') ? `the end of ${about}` : type)
