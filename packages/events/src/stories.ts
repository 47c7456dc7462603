/**
 * Two example paths through the choreography, for the docs. They list only the steps: publisher, consumers and the
 * effect on the order's state follow from the model. Services may overtake each other. Notifications are left out,
 * because they would be a third of the arrows, and no order waits for them.
 */
import type { MessageType } from './shop.ts'

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
