/** The rules of a history: which events are legal, and in which order. */
import type { MessageType } from '@quadrille/events'
import type { EventRecord } from './event-record.ts'

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
