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
import { CancellationRequested } from './internal/cancellation-requested.ts'
import { ChargeCancelled } from './internal/charge-cancelled.ts'
import { ChargeDeclined } from './internal/charge-declined.ts'
import { ChargeSucceeded } from './internal/charge-succeeded.ts'
import { DispatchRequested } from './internal/dispatch-requested.ts'
import { NotificationDelivered } from './internal/notification-delivered.ts'
import { NotificationUndeliverable } from './internal/notification-undeliverable.ts'
import { OrderSubmitted } from './internal/order-submitted.ts'
import { PhotoProcessed } from './internal/photo-processed.ts'
import { PhotoRejected } from './internal/photo-rejected.ts'
import { PhotoUploaded } from './internal/photo-uploaded.ts'
import { RefundRefused } from './internal/refund-refused.ts'
import { RefundRequested } from './internal/refund-requested.ts'
import { RefundSucceeded } from './internal/refund-succeeded.ts'
import { CancelCharge } from './tasks/cancel-charge.ts'
import { Charge } from './tasks/charge.ts'
import { Notify } from './tasks/notify.ts'
import { ProcessPhoto } from './tasks/process-photo.ts'
import { Refund } from './tasks/refund.ts'

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
