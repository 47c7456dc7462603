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
import { PhotoProcessed, PhotoRejected, PhotoUploaded, ProcessPhoto } from './private/inventory.ts'
import { NotificationDelivered, NotificationUndeliverable, Notify } from './private/notification.ts'
import { CancellationRequested, OrderSubmitted } from './private/order.ts'
import {
  CancelCharge,
  Charge,
  ChargeCancelled,
  ChargeDeclined,
  ChargeSucceeded,
  Refund,
  RefundRefused,
  RefundRequested,
  RefundSucceeded,
} from './private/payment.ts'
import { DispatchRequested } from './private/shipping.ts'

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
  CancelCharge,
  Charge,
  Notify,
  ProcessPhoto,
  Refund,
  CancellationRequested,
  ChargeCancelled,
  ChargeDeclined,
  ChargeSucceeded,
  DispatchRequested,
  NotificationDelivered,
  NotificationUndeliverable,
  OrderSubmitted,
  PhotoProcessed,
  PhotoRejected,
  PhotoUploaded,
  RefundRefused,
  RefundRequested,
  RefundSucceeded,
} as const
