import type { Shop } from '@quadrille/events'
import { type DecisionOf, type HandledType, type MessageOf, type ReactionOf, reactionsOf } from '@quadrille/service'
import type { Order } from '../domain/order.ts'

type Model = Shop['services']['order']

const typed = reactionsOf<Shop, Model, Order | undefined>()

/** A reaction of this service. Where it changes an order, it also updates the time of the last change. */
export const reaction = <Type extends HandledType<Model>>(
  type: Type,
  react: ReactionOf<Shop, Model, Order | undefined, Type>,
): ReactionOf<Shop, Model, Order | undefined, Type> =>
  typed(type, (order, message, now) => {
    const decision = react(order, message, now)
    const { state } = decision
    if (!order || !state || state === order) return decision
    return { ...decision, state: { ...state, updatedAt: now.toISOString() } }
  })

/**
 * Defines a reaction to another service's event about an order. The event is added to the history in every case. A
 * missing order is an error, because OrderPlaced is published only after the order was stored here.
 */
export const orderReaction = <Type extends Model['consumes'][number]>(
  type: Type,
  react: (order: Order, message: MessageOf<Shop, Type>) => DecisionOf<Shop, Model, Order>,
): ReactionOf<Shop, Model, Order | undefined, Type> =>
  reaction(type, (order, message) => {
    if (!order) throw new Error(`${type} is about order ${message.subject}, which does not exist here.`)
    return react(order, message)
  })
