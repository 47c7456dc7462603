import type { choreography, Message } from '@quadrille/events'
import { type Decision, type Reaction, reactionsOf } from '@quadrille/service'
import type { Order } from '../domain/order.ts'

export type Model = typeof choreography.order

export const reaction = reactionsOf<Model, Order | undefined>()

/**
 * A reaction to what another service says about an order. It is history whatever it changes. An order that isn't there is
 * a fault, because nobody can have heard of an order before it was stored here.
 */
export const orderReaction = <Type extends Exclude<Model['consumes'][number], 'OrderSubmitted'>>(
  type: Type,
  react: (order: Order, message: Message<Type>) => Decision<Model, Order>,
): Reaction<Order | undefined> =>
  reaction(type, (order, message) => {
    if (!order) throw new Error(`${type} is about order ${message.subject}, which isn't here.`)
    return react(order, message)
  })
