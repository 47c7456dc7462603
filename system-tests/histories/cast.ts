/** Whose reactions are played. A test can put others in the place of some, to see that it is noticed. */
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { cancelCharge } from '@quadrille/payment/tasks/cancel-charge'
import { charge } from '@quadrille/payment/tasks/charge'
import type { Ports } from '@quadrille/payment/tasks/ports'
import { refund } from '@quadrille/payment/tasks/refund'
import type { Reaction, ServiceDefinition, Task } from '@quadrille/service'

type StateOf<Definition> = Definition extends ServiceDefinition<infer State, infer _Config> ? State : never

export type OrderState = StateOf<typeof order>
export type PaymentState = StateOf<typeof payment>
export type InventoryState = StateOf<typeof inventory>
export type NotificationState = StateOf<typeof notification>

export interface Cast {
  readonly order: readonly Reaction<OrderState>[]
  readonly payment: readonly Reaction<PaymentState>[]
  readonly inventory: readonly Reaction<InventoryState>[]
  readonly notification: readonly Reaction<NotificationState>[]
  /** Payment's tasks. */
  readonly tasks: (ports: Ports) => readonly Task[]
}

/** The services as they are. */
export const originals: Cast = {
  order: order.reactions,
  payment: payment.reactions,
  inventory: inventory.reactions,
  notification: notification.reactions,
  tasks: (ports) => [charge(ports), cancelCharge(ports), refund(ports)],
}
