import type { Shop } from '@quadrille/events'
import { type DecisionOf, type HandledType, reactionsOf } from '@quadrille/service'
import type { Payment } from '../domain/payment.ts'

type Model = Shop['services']['payment']

export const reaction = reactionsOf<Shop, Model, Payment | undefined>()

/** The result of a reaction of this service to messages of these types. */
export type DecisionFor<Type extends HandledType<Model>> = DecisionOf<Shop, Model, Payment, Type>
