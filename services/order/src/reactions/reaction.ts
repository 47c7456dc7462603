import type { Shop } from '@quadrille/events'
import { type DecisionOf, type HandledType, type MessageOf, type ReactionOf, reactionsOf } from '@quadrille/service'
import type { Order } from '../domain/order.ts'

type Model = Shop['services']['order']

const typed = reactionsOf<Shop, Model, Order | undefined>()

/**
 * Defines a reaction of this service. If it returns the state of an existing order, `updatedAt` is set, even if nothing else has
 * changed: histories are kept for HISTORY_TTL after the last event.
 */
export const reaction = <Type extends HandledType<Model>>(
  type: Type,
  react: ReactionOf<Shop, Model, Order | undefined, Type>,
): ReactionOf<Shop, Model, Order | undefined, Type> =>
  typed(type, (order, message, now) => {
    const decision = react(order, message, now)
    const { state } = decision
    if (!order || !state) return decision
    return { ...decision, state: { ...state, updatedAt: now } }
  })

/**
 * Defines a reaction to another service's event about an order. `OrderSet.changes` adds the event to the history, even
 * if the reaction changes nothing. A missing order is an error, because the order was stored here before OrderPlaced was published.
 */
export const orderReaction = <Type extends Model['consumes'][number]>(
  type: Type,
  react: (order: Order, message: MessageOf<Shop, Type>) => DecisionOf<Shop, Model, Order, Type>,
): ReactionOf<Shop, Model, Order | undefined, Type> =>
  reaction(type, (order, message) => {
    if (!order)
      throw new Error(
        `${type} is about order ${message.subject}, which this database lacks. It may be older than the others: docs/restore-the-order-database.md.`,
      )
    return react(order, message)
  })
