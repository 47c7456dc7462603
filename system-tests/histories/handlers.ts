/** The reactions and tasks in a history. A test replaces some of them to check that bugs are detected. */

import type { Draft, Message } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { cancelCharge } from '@quadrille/payment/tasks/cancel-charge'
import { charge } from '@quadrille/payment/tasks/charge'
import type { Ports } from '@quadrille/payment/tasks/ports'
import { refund } from '@quadrille/payment/tasks/refund'
import type { ServiceDefinition } from '@quadrille/service'
import type { ReactionMap, Task } from '@quadrille/service/tools'
import { shipping } from '@quadrille/shipping'

type StateOf<Definition> = Definition extends ServiceDefinition<infer State, infer _Config> ? State : never

export type OrderState = StateOf<typeof order>
export type PaymentState = StateOf<typeof payment>
export type InventoryState = StateOf<typeof inventory>
export type NotificationState = StateOf<typeof notification>
export type ShippingState = StateOf<typeof shipping>

export type PaymentTask = Task<Message, Draft>

export interface Handlers {
  readonly order: ReactionMap<OrderState, Message, Draft>
  readonly payment: ReactionMap<PaymentState, Message, Draft>
  readonly inventory: ReactionMap<InventoryState, Message, Draft>
  readonly notification: ReactionMap<NotificationState, Message, Draft>
  readonly shipping: ReactionMap<ShippingState, Message, Draft>
  /** Payment's tasks, by type. */
  readonly tasks: (ports: Ports) => ReadonlyMap<string, PaymentTask>
}

/** The handlers of the real services. */
export const realHandlers: Handlers = {
  order: order.reactions,
  payment: payment.reactions,
  inventory: inventory.reactions,
  notification: notification.reactions,
  shipping: shipping.reactions,
  tasks: (ports) =>
    new Map<string, PaymentTask>([
      ['Charge', charge(ports)],
      ['CancelCharge', cancelCharge(ports)],
      ['Refund', refund(ports)],
    ]),
}
