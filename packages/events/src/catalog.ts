/** Every message of the shop, by type. */
import { InventoryRejected } from './events/inventory-rejected.ts'
import { InventoryReleased } from './events/inventory-released.ts'
import { InventoryReserved } from './events/inventory-reserved.ts'
import { NotificationFailed } from './events/notification-failed.ts'
import { NotificationSent } from './events/notification-sent.ts'
import { OrderCancelled } from './events/order-cancelled.ts'
import { OrderFulfilled } from './events/order-fulfilled.ts'
import { OrderPlaced } from './events/order-placed.ts'
import { PaymentDeclined } from './events/payment-declined.ts'
import { PaymentProcessed } from './events/payment-processed.ts'
import { PaymentRefundFailed } from './events/payment-refund-failed.ts'
import { PaymentRefunded } from './events/payment-refunded.ts'
import { PaymentVoided } from './events/payment-voided.ts'
import { ShipmentDispatched } from './events/shipment-dispatched.ts'
import * as inventory from './internal/inventory.ts'
import * as notification from './internal/notification.ts'
import * as order from './internal/order.ts'
import * as payment from './internal/payment.ts'
import * as shipping from './internal/shipping.ts'

export const catalog = {
  InventoryRejected,
  InventoryReleased,
  InventoryReserved,
  NotificationFailed,
  NotificationSent,
  OrderCancelled,
  OrderFulfilled,
  OrderPlaced,
  PaymentDeclined,
  PaymentProcessed,
  PaymentRefundFailed,
  PaymentRefunded,
  PaymentVoided,
  ShipmentDispatched,
  ...order,
  ...payment,
  ...inventory,
  ...notification,
  ...shipping,
} as const
