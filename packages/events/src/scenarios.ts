/**
 * Two example scenarios for the docs. They list only the steps: publisher, consumers and the effect on the order's
 * state follow from the model. Other sequences are possible, because messages may arrive out of order. Notifications
 * are omitted, because they would be a third of the arrows, and orders do not wait for them.
 */
import type { MessageType } from './shop.ts'

export const fulfilledScenario = [
  'OrderPlaced',
  'Charge',
  'ChargeSucceeded',
  'PaymentProcessed',
  'InventoryReserved',
  'OrderFulfilled',
] as const satisfies readonly MessageType[]

export const outOfStockScenario = [
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
