/**
 * Two ways through the dance, told in the docs. Only the order of the steps is said here: who says each of them, who hears it
 * and what it does to the order's state follow from the model. Services may overtake each other; these are examples.
 * What customers are told is left out: it would be a third of the arrows, and no order waits for it.
 */
import type { MessageType } from './catalog.ts'

export const fulfilledStory = [
  'OrderPlaced',
  'Charge',
  'ChargeSucceeded',
  'PaymentProcessed',
  'InventoryReserved',
  'OrderFulfilled',
] as const satisfies readonly MessageType[]

export const outOfStockStory = [
  'OrderPlaced',
  'Charge',
  'ChargeSucceeded',
  'PaymentProcessed',
  'InventoryRejected',
  'OrderCancelled',
  'Refund',
  'RefundSucceeded',
  'PaymentRefunded',
] as const satisfies readonly MessageType[]
