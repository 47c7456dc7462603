import type { Shop } from '@quadrille/events'
import { type DecisionOf, reactionsOf } from '@quadrille/service'
import type { Payment } from '../domain/payment.ts'

type Model = Shop['services']['payment']

export const reaction = reactionsOf<Shop, Model, Payment | undefined>()

/** The result of a reaction of this service. */
export type Decision<State> = DecisionOf<Shop, Model, State>
