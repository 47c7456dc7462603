import type { Shop } from '@quadrille/events'
import { type DecisionOf, type MessageOf, type ReactionOf, reactionsOf } from '@quadrille/service'
import type { Order } from '../domain/order.ts'

type Model = Shop['services']['order']

export const reaction = reactionsOf<Shop, Model, Order | undefined>()

/**
 * A reaction to an event of another service about an order. The event is history, whatever it changes. It is a fault if the
 * order doesn't exist, because an order is published only after it was stored here.
 */
export const orderReaction = <Type extends Model['consumes'][number]>(
  type: Type,
  react: (order: Order, message: MessageOf<Shop, Type>) => DecisionOf<Shop, Model, Order>,
): ReactionOf<Shop, Model, Order | undefined, Type> =>
  reaction(type, (order, message) => {
    if (!order) throw new Error(`${type} is about order ${message.subject}, which isn't here.`)
    return react(order, message)
  })
