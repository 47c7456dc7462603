/** Generated from the OpenAPI documents of the services; do not edit. Run: npm run generate */

/** The customer who placed the order. */
export interface Customer {
  /** The id of the customer in the shop. */
  readonly id: string
  /** The address for notifications by email. */
  readonly email: string
}

/** A message that the service could not handle. */
export interface DeadLetter {
  /** The id of the dead letter. */
  readonly id: string
  /** The id of the message, as the message gives it; empty if it has none. */
  readonly messageId: string
  /** The type of the message, as the message gives it. */
  readonly type: string
  /** The id of the subject of the message; null if it is unknown. */
  readonly orderId: string | null
  /** The queue in which the message failed. */
  readonly queue: string
  /** The kind of failure, such as `attempts_exhausted` or `not_json`. */
  readonly reason: string
  /** The last error. Secrets and email addresses are masked. */
  readonly error: string
  /** The place in the code at which it failed, if known. */
  readonly place: string | null
  /** The number of failed attempts. */
  readonly attempts: number
  /** The time of the first failure. */
  readonly firstFailedAt: string
  /** The time of the last failure, after which it became a dead letter. */
  readonly lastFailedAt: string
  /** `parked` until an operator replays or discards the message. */
  readonly status: 'parked' | 'replayed' | 'discarded'
}

/** Dead letters with the same reason, type, queue and place in the code. */
export interface DeadLetterGroup {
  /** The kind of failure, such as `attempts_exhausted` or `not_json`. */
  readonly reason: string
  /** The type of the message, as the message gives it. */
  readonly type: string
  /** The queue in which the message failed. */
  readonly queue: string
  /** The place in the code at which it failed, if known. */
  readonly place: string | null
  /** The number of dead letters in the group. */
  readonly count: number
  /** The error of the newest of them; others may have failed with another one. Secrets and email addresses are masked. */
  readonly error: string
  /** The time at which the first of them became a dead letter. */
  readonly oldest: string
  /** The time at which the last of them became a dead letter. */
  readonly newest: string
}

/** One page of a list. */
export interface DeadLetterGroupPage {
  /** The items of this page. */
  readonly items: readonly DeadLetterGroup[]
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
}

/** One page of a list. */
export interface DeadLetterPage {
  /** The items of this page. */
  readonly items: readonly DeadLetter[]
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
}

/** One answer that an order waits for. */
export interface Diagnosis {
  /** The order waits for one of these events. */
  readonly missing: readonly ('InventoryRejected' | 'InventoryReleased' | 'InventoryReserved' | 'NotificationFailed' | 'NotificationSent' | 'OrderCancelled' | 'OrderFulfilled' | 'OrderPlaced' | 'PaymentDeclined' | 'PaymentProcessed' | 'PaymentRefundFailed' | 'PaymentRefunded' | 'PaymentVoided' | 'ShipmentDispatched' | 'CancelCharge' | 'Charge' | 'Notify' | 'ProcessPhoto' | 'Refund' | 'CancellationRequested' | 'ChargeCancelled' | 'ChargeDeclined' | 'ChargeSucceeded' | 'DispatchRequested' | 'NotificationDelivered' | 'NotificationUndeliverable' | 'OrderSubmitted' | 'PhotoProcessed' | 'PhotoRejected' | 'PhotoUploaded' | 'RefundRefused' | 'RefundRequested' | 'RefundSucceeded')[]
  /** The service that must publish one of them. */
  readonly owedBy: 'payment' | 'inventory'
  /** When the event occurred that this service must answer; null if the history lacks it or cannot be read. */
  readonly since: string | null
  /** The message that blocks the order. */
  readonly where: { readonly service: string; readonly place: 'outbox' | 'queue' | 'retry' | 'dead_letter' | 'task' | 'unknown'; readonly messageId: string | null; readonly type: string | null; readonly queue: string | null; readonly attempts: number | null; readonly error: string | null; readonly since: string | null; readonly at: string | null; readonly deadLetterId: string | null }
  /** The action that an operator must take; null if none is needed. */
  readonly remedy: string | null
}

/** An event as CloudEvents 1.0 in structured JSON, by the schema of its type and version, except that OrderPlaced has no `data.payment`. */
export interface Event {
  /** The id of the event, by which consumers detect duplicates. */
  readonly id: string
  /** The id of the order. */
  readonly subject: string
  /** The version of `data`: the newest one that the order service knew when it stored the event. */
  readonly schemaversion: number
  /** The id of the message that caused it. */
  readonly causationid?: string
  /** The trace to which it belongs (W3C Trace Context); absent without tracing. */
  readonly traceparent?: string
  /** The type of the event, such as OrderPlaced. */
  readonly type: string
  /** The time at which the event occurred. */
  readonly time: string
  /** The service that published it, such as /order. */
  readonly source: string
  /** The content of the event; its fields depend on the type. */
  readonly data: Readonly<Record<string, unknown>>
}

/** A failed attempt to handle a message. */
export interface FailedAttempt {
  /** Counts the failed attempts of this subject in this service, also those that are no longer stored. Begins again at 1 once all have been deleted. */
  readonly number: number
  /** The id of the subject of the message. */
  readonly orderId: string
  /** The id of the message; empty if it has none. */
  readonly messageId: string
  /** The id of the message that caused this one; null if it is unknown. */
  readonly causationId: string | null
  /** The type of the message. */
  readonly type: string
  /** The queue on which it failed. */
  readonly queue: string
  /** The number of the attempt of this message on this queue, from 1. */
  readonly attempt: number
  /** The error in one line, up to 500 characters. Secrets and email addresses are masked. */
  readonly error: string
  /** `retried`: tried again at `nextAt`. `postponed`: the same, but the attempt does not count, because the fault is not of this message; most of several in a row are not stored, but the last one is. `parked`: a dead letter. */
  readonly outcome: 'retried' | 'postponed' | 'parked'
  /** The reason of the dead letter; null for other outcomes. */
  readonly reason: string | null
  /** When the message first failed on this queue. */
  readonly firstFailedAt: string
  /** When this attempt failed. */
  readonly at: string
  /** When the next attempt is due; null if there is none. */
  readonly nextAt: string | null
}

/** One page of a list. */
export interface FailedAttemptPage {
  /** The items of this page. */
  readonly items: readonly FailedAttempt[]
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
}

/** An event, and its effect in this service. */
export interface FoldedEvent {
  /** The id of the event. */
  readonly id: string | null
  /** The type of the event. */
  readonly type: string
  /** `uncertain`: the effect depends on more than the events, so none is shown. `failed`: the reaction throws. `unreadable`: this version can’t read the event. */
  readonly outcome: 'applied' | 'uncertain' | 'failed' | 'unreadable'
  /** The reason, unless it is applied. */
  readonly detail: string | null
  /** The state of the subject in this service before the event; null without one. */
  readonly before: unknown
  /** The state after the event. */
  readonly after: unknown
  /** The events that the reaction publishes. */
  readonly events: readonly unknown[]
  /** The tasks that the reaction starts. */
  readonly tasks: readonly unknown[]
}

/** A number of pieces of one SKU at one price. */
export interface Line {
  /** The stock keeping unit: the name of an article in the catalog. */
  readonly sku: string
  /** The number of pieces. */
  readonly quantity: number
  /** The price of one piece in minor units of the currency by ISO 4217. */
  readonly unitPrice: number
}

/** An order in a list. */
export interface ListedOrder {
  /** The id of the order. */
  readonly id: string
  /** The reference of the order in the shop; null if there is none. */
  readonly reference: string | null
  /** The metadata that was sent with the order; null if there is none. */
  readonly metadata: Readonly<Record<string, string>> | null
  /** The order is `placed` until its payment is captured, then `paid` until its stock is reserved. It ends as `fulfilled` or `cancelled`. */
  readonly status: 'placed' | 'paid' | 'fulfilled' | 'cancelled'
  /** True if the order is final: it is fulfilled, or it is cancelled and both payment and inventory have answered the cancellation. It never becomes false again. */
  readonly settled: boolean
  /** The cancellation; null unless the order is cancelled. */
  readonly cancellation: { readonly reason: 'customer' | 'payment_declined' | 'out_of_stock' | 'expired' } | null
  readonly customer: Customer
  /** The currency of all amounts, as an ISO 4217 code. */
  readonly currency: string
  /** The sum of quantity × unitPrice over all lines, in minor units of the currency. */
  readonly total: number
  /** The ordered items. */
  readonly lines: readonly Line[]
  /** The payment, according to the events that have arrived. */
  readonly payment: { readonly status: 'pending' | 'declined' | 'voided' | 'captured' | 'refunding' | 'refund_failed' | 'refunded' }
  /** The reservation, according to the events that have arrived. */
  readonly inventory: { readonly status: 'pending' | 'reserved' | 'rejected' | 'released' }
  /** The customer notifications that have a result. */
  readonly notifications: readonly NotificationResult[]
  /** The dispatched parcels in the order of dispatch, up to 100. */
  readonly shipments: readonly OrderShipment[]
  /** The time at which the order was placed. */
  readonly createdAt: string
  /** The time of the last change. */
  readonly updatedAt: string
  /** Why the order is stuck; only with `stuck=true`. */
  readonly diagnoses?: readonly Diagnosis[]
}

/** One page of a list. */
export interface ListedOrderPage {
  /** The items of this page. */
  readonly items: readonly ListedOrder[]
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
  /** The age from which an open order counts as stuck, in milliseconds; only with `stuck=true`. */
  readonly stuckAfterMs?: number
}

/** An operation of an operator. */
export interface LoggedOperation {
  /** The time of the operation. */
  readonly at: string
  /** The operation. On a dead letter: `replay`, `discard`, `edit` (by an earlier version), or `unsendable` (a replay that could not be sent). Services have further ones. */
  readonly operation: string
  /** The name or the address of the operator; the service’s name for its own. */
  readonly operator: string
  /** The reason that the operator gave. */
  readonly note: string | null
  /** Details of the operation; null if there are none. */
  readonly detail: string | null
  /** The id of the subject; null if it concerns none. */
  readonly orderId: string | null
  /** The dead letter; null if it does not concern one. */
  readonly deadLetterId: string | null
  /** The type of the dead letter’s message. */
  readonly messageType: string | null
  /** `requested`: a replay, whose message is handled later; the dead letter shows whether it has returned. `refused`: it had no effect. `unknown`: no outcome is recorded: the operation is in progress, failed with another error, or is older than the record of outcomes. */
  readonly outcome: 'done' | 'requested' | 'refused' | 'unknown'
}

/** One page of a list. */
export interface LoggedOperationPage {
  /** The items of this page. */
  readonly items: readonly LoggedOperation[]
  /** The cursor of the next page; null on the last page. */
  readonly nextCursor: string | null
}

/** The result of a customer notification. */
export interface NotificationResult {
  /** The channel through which the customer is notified. */
  readonly channel: 'email' | 'webhook' | 'web'
  /** The occasion of the notification. For a parcel it ends with the time of dispatch. */
  readonly occasion: 'order_placed' | 'order_fulfilled' | 'order_cancelled' | 'payment_refunded' | 'refund_failed' | string
  /** `failed`: nothing confirms that it was sent, and no attempt will follow. Its event has the reason, as `code`. */
  readonly status: 'sent' | 'failed'
  /** The time of the result. */
  readonly at: string
}

/** External work whose outcome is not known. */
export interface OpenTask {
  /** The id of its message; null if a subject has one such task at a time. */
  readonly messageId: string | null
  /** The type of the task. */
  readonly type: string
  /** Its work queue. */
  readonly queue: string
  /** The number of attempts; null if they are not counted. */
  readonly attempts: number | null
  /** When it was requested; null if it is unknown. */
  readonly since: string | null
  /** The last error; null if no attempt has failed. */
  readonly error: string | null
}

/** An operation on a dead letter. */
export interface Operation {
  /** The operation. `edit` comes from an earlier version. `unsendable`: the replay could not be sent, and the message became a dead letter again. */
  readonly operation: 'replay' | 'edit' | 'discard' | 'unsendable'
  /** The name or the address of the operator. */
  readonly operator: string
  /** The reason that the operator gave. */
  readonly note: string | null
  /** The time of the operation. */
  readonly at: string
}

/** An order and its progress. */
export interface Order {
  /** The id of the order. */
  readonly id: string
  /** The reference of the order in the shop; null if there is none. */
  readonly reference: string | null
  /** The metadata that was sent with the order; null if there is none. */
  readonly metadata: Readonly<Record<string, string>> | null
  /** The order is `placed` until its payment is captured, then `paid` until its stock is reserved. It ends as `fulfilled` or `cancelled`. */
  readonly status: 'placed' | 'paid' | 'fulfilled' | 'cancelled'
  /** True if the order is final: it is fulfilled, or it is cancelled and both payment and inventory have answered the cancellation. It never becomes false again. */
  readonly settled: boolean
  /** The cancellation; null unless the order is cancelled. */
  readonly cancellation: { readonly reason: 'customer' | 'payment_declined' | 'out_of_stock' | 'expired' } | null
  readonly customer: Customer
  /** The currency of all amounts, as an ISO 4217 code. */
  readonly currency: string
  /** The sum of quantity × unitPrice over all lines, in minor units of the currency. */
  readonly total: number
  /** The ordered items. */
  readonly lines: readonly Line[]
  /** The payment, according to the events that have arrived. */
  readonly payment: { readonly status: 'pending' | 'declined' | 'voided' | 'captured' | 'refunding' | 'refund_failed' | 'refunded' }
  /** The reservation, according to the events that have arrived. */
  readonly inventory: { readonly status: 'pending' | 'reserved' | 'rejected' | 'released' }
  /** The customer notifications that have a result. */
  readonly notifications: readonly NotificationResult[]
  /** The dispatched parcels in the order of dispatch, up to 100. */
  readonly shipments: readonly OrderShipment[]
  /** The time at which the order was placed. */
  readonly createdAt: string
  /** The time of the last change. */
  readonly updatedAt: string
}

/** A dispatched parcel of the order. */
export interface OrderShipment {
  /** The name of the carrier. */
  readonly carrier: string
  /** The carrier’s code for the parcel. */
  readonly trackingCode: string
  /** The time of dispatch. */
  readonly at: string
}

/** The payment of an order. */
export interface Payment {
  /** The id of the order. */
  readonly orderId: string
  /** `pending`: the outcome of the charge is not known yet. `voided`: nothing was captured, and nothing will be. `refund_failed`: the gateway refused the refund, and an operator must act. */
  readonly status: 'pending' | 'captured' | 'declined' | 'voided' | 'refunding' | 'refunded' | 'refund_failed'
  /** The amount that was captured, in minor units. */
  readonly captured: number
  /** The amount that was refunded, in minor units. */
  readonly refunded: number
  /** The currency of all amounts, as an ISO 4217 code. */
  readonly currency: string
  /** The number of attempts to capture the amount. */
  readonly attempts: number
  /** The number of the payment at the gateway; null as long as it has none. */
  readonly gatewayReference: string | null
  /** The refund; null as long as none was requested. */
  readonly refund: { readonly attempts: number; readonly refusal: { readonly code: string | null; readonly at: string } | null; readonly refusals: readonly ({ readonly code: string | null; readonly at: string; readonly attempt: number })[]; readonly manualReference: string | null } | null
}

/** The queues of this service. */
export interface QueueReport {
  /** The inbox first, then the work queues. */
  readonly queues: readonly QueueState[]
  /** The parked dead letters of no queue in this list, such as messages that could not be sent, counted up to 10000. */
  readonly otherDeadLetters: number
  /** The outbox of the service, as last measured. */
  readonly outbox: { readonly rows: number; readonly oldestAgeMs: number }
  /** Why this instance is not connected to the broker; null while it is. */
  readonly brokerFault: string | null
}

/** A queue of this service. */
export interface QueueState {
  /** The name of the queue. */
  readonly name: string
  /** The exchanges to which it is bound, in addition to the direct exchange of its service. */
  readonly exchanges: readonly string[]
  /** The messages that wait for a consumer; null if it is unknown. May be 5 s old over RabbitMQ. */
  readonly waiting: number | null
  /** The instances that consume it, in all processes; null if it is unknown. */
  readonly instances: number | null
  /** The hint how many instances would be enough; null if it is unknown. */
  readonly instancesWanted: number | null
  /** The greatest age of the messages that this instance has handled in the last 5 to 10 s, at their first attempt or after a replay, in ms; null if it handled none. */
  readonly lagMs: number | null
  /** The messages that wait for their next attempt, counted up to 10000. */
  readonly retrying: number
  /** When the first of them is due; null if there are none. */
  readonly nextRetryAt: string | null
  /** Its parked dead letters, counted up to 10000. */
  readonly deadLetters: number
  /** While this instance holds its messages because all fail alike: the kind of failure. Otherwise null. */
  readonly heldFor: string | null
  /** True while its tasks wait at this instance because the external system does not answer. */
  readonly circuitOpen: boolean
}

/** The stock that is held for an order. */
export interface Reservation {
  /** The id of the order. */
  readonly orderId: string
  /** `pending`: OrderPlaced or PaymentProcessed has not arrived yet. `committed`: the order is fulfilled, and the pieces are no longer on hand. */
  readonly status: 'pending' | 'reserved' | 'rejected' | 'released' | 'committed'
  /** The requested pieces; after a release, the released pieces. */
  readonly lines: readonly StockLine[]
}

/** The states of a subject in this service. */
export interface States {
  /** The events that this service handles, each after its cause. */
  readonly items: readonly FoldedEvent[]
  /** True if the last events were left out, because the answer is too large. */
  readonly truncated: boolean
}

/** A number of pieces of one SKU. */
export interface StockLine {
  /** The stock keeping unit: the name of an article in the catalog. */
  readonly sku: string
  /** The number of pieces, summed over the order. */
  readonly quantity: number
}

/** The effect of a replay. */
export interface Trial {
  /** `not_tried`: no dry run was made, for example of a task, whose effect could not be undone. */
  readonly outcome: 'applied' | 'duplicate' | 'ignored' | 'failed' | 'not_tried'
  /** The reason why it would fail or be ignored, or was not tried. */
  readonly detail?: string
  /** The state before the message. */
  readonly before?: unknown
  /** The state after the message. */
  readonly after?: unknown
  /** The events that it would publish. */
  readonly events?: readonly unknown[]
  /** The tasks that it would start. */
  readonly tasks?: readonly unknown[]
}

/** A message that waits in this service. */
export interface WaitingMessage {
  /** The id of the message; empty if it has none. */
  readonly messageId: string | null
  /** The id of the message that caused this one; null if it is unknown. */
  readonly causationId: string | null
  /** The type of the message. */
  readonly type: string
  /** The place in which it waits. */
  readonly place: 'outbox' | 'retry' | 'dead_letter'
  /** The queue in which it failed. */
  readonly queue: string | null
  /** The number of failed attempts. */
  readonly attempts: number
  /** The last error. */
  readonly error: string | null
  /** Since when it may be sent (outbox), or when it first failed; null if it is scheduled for later, or has not failed. */
  readonly since: string | null
  /** When it may be sent (outbox), when its next attempt is due (retry), or when it became a dead letter. */
  readonly at: string
  /** The dead letter, if it is one. */
  readonly deadLetterId: string | null
}

/** The progress of one subject's messages in this service. */
export interface Whereabouts {
  /** The id of the subject of the messages. */
  readonly orderId: string
  /** The types of the messages that were handled here, or that would change nothing. */
  readonly handled: readonly string[]
  /** The messages that wait here. */
  readonly waiting: readonly WaitingMessage[]
  /** The external work that is not finished; null if there is none. */
  readonly task: OpenTask | null
}

/** The progress of messages in this service, by subject. */
export interface WhereaboutsList {
  /** One item for each id. */
  readonly items: readonly Whereabouts[]
}

/** A message that the service could not handle, with its content. */
export interface WholeDeadLetter {
  /** The id of the dead letter. */
  readonly id: string
  /** The id of the message, as the message gives it; empty if it has none. */
  readonly messageId: string
  /** The type of the message, as the message gives it. */
  readonly type: string
  /** The id of the subject of the message; null if it is unknown. */
  readonly orderId: string | null
  /** The queue in which the message failed. */
  readonly queue: string
  /** The kind of failure, such as `attempts_exhausted` or `not_json`. */
  readonly reason: string
  /** The last error. Secrets and email addresses are masked. */
  readonly error: string
  /** The place in the code at which it failed, if known. */
  readonly place: string | null
  /** The number of failed attempts. */
  readonly attempts: number
  /** The time of the first failure. */
  readonly firstFailedAt: string
  /** The time of the last failure, after which it became a dead letter. */
  readonly lastFailedAt: string
  /** `parked` until an operator replays or discards the message. */
  readonly status: 'parked' | 'replayed' | 'discarded'
  /** The exchange of the first delivery, which a replay uses too; empty if unknown. */
  readonly exchange: string
  /** The stack trace of the last error. */
  readonly stack: string | null
  /** The headers of the message. */
  readonly headers: Readonly<Record<string, unknown>>
  /** The message as JSON; as base64 if it is not JSON or is nested too deeply. Secrets and email addresses are masked; in base64, only those that are plain text. */
  readonly payload: unknown
  /** The form of `payload`. */
  readonly payloadEncoding: 'json' | 'base64'
  /** The size of the message in bytes. */
  readonly payloadBytes: number
  /** True if `payload` is only the beginning of the message. */
  readonly payloadTruncated: boolean
  /** The trace of the message. */
  readonly traceId: string | null
  /** The operations on the dead letter. */
  readonly operations: readonly Operation[]
}
