/** The rules of a history: which events are legal, in which order, and how often. */
import type { MessageType } from '@quadrille/events'

/** An event in a history. */
export interface EventRecord {
  readonly type: string
  /** The reason of a cancellation, the channel and occasion of a notification, or the time of a parcel. Otherwise empty. */
  readonly about: string
}

/** The events that must precede an event, as seen by the order service, which receives a cause before its effects. */
const causes: Partial<Record<MessageType, readonly MessageType[]>> = {
  OrderFulfilled: ['OrderPlaced', 'InventoryReserved'],
  OrderCancelled: ['OrderPlaced'],
  PaymentProcessed: ['OrderPlaced'],
  PaymentDeclined: ['OrderPlaced'],
  PaymentVoided: ['OrderPlaced', 'OrderCancelled'],
  PaymentRefunded: ['OrderPlaced', 'OrderCancelled'],
  PaymentRefundFailed: ['OrderPlaced', 'OrderCancelled'],
  InventoryReserved: ['OrderPlaced'],
  InventoryRejected: ['OrderPlaced'],
  InventoryReleased: ['OrderPlaced', 'OrderCancelled'],
  ShipmentDispatched: ['OrderFulfilled'],
}

/** Events that must have happened too, but may arrive later, because they come from another service. */
const companions: Partial<Record<MessageType, readonly MessageType[]>> = {
  InventoryReserved: ['PaymentProcessed'],
  InventoryRejected: ['PaymentProcessed'],
  PaymentRefunded: ['PaymentProcessed'],
  PaymentRefundFailed: ['PaymentProcessed'],
}

/** Pairs of events that exclude each other. */
const alternatives: readonly (readonly [MessageType, MessageType])[] = [
  ['OrderFulfilled', 'OrderCancelled'],
  ['OrderFulfilled', 'PaymentDeclined'],
  ['InventoryReserved', 'InventoryRejected'],
  ['InventoryRejected', 'InventoryReleased'],
  ['PaymentVoided', 'PaymentDeclined'],
  ['PaymentVoided', 'PaymentProcessed'],
]

export const illegalIn = (events: readonly EventRecord[]): string[] => {
  const types = events.map(({ type }) => type as MessageType)
  return [
    ...events.flatMap((event, position) =>
      causesOf(event)
        .filter((cause) => !types.slice(0, position).includes(cause))
        .map((cause) => `${event.type} without ${cause} before it`),
    ),
    ...alternatives.filter((pair) => pair.every((type) => types.includes(type))).map((pair) => pair.join(' and ')),
  ]
}

/** Events that another service must have published, and that are not in the history yet. */
export const missingIn = (events: readonly EventRecord[]): string[] => {
  const types = events.map(({ type }) => type as MessageType)
  return types.flatMap((type) =>
    (companions[type] ?? []).filter((other) => !types.includes(other)).map((other) => `${type} without ${other}`),
  )
}

/** The answers to a cancellation: one event of each list. */
const answers: readonly (readonly MessageType[])[] = [
  ['PaymentDeclined', 'PaymentVoided', 'PaymentRefunded'],
  ['InventoryRejected', 'InventoryReleased'],
]

/** Whether payment and inventory have answered the cancellation. Later events, such as a late capture, do not change that. */
export const isAnsweredIn = (events: readonly EventRecord[]): boolean => {
  const types = events.map(({ type }) => type as MessageType)
  return answers.every((alternatives) => alternatives.some((type) => types.includes(type)))
}

const causesOf = ({ type, about }: EventRecord): readonly MessageType[] => {
  const always = causes[type as MessageType] ?? []
  if (type !== 'OrderCancelled') return always
  if (about === 'payment_declined') return [...always, 'PaymentDeclined']
  return about === 'out_of_stock' ? [...always, 'InventoryRejected'] : always
}

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
