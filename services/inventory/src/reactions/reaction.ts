import type { Shop } from '@quadrille/events'
import { type DecisionOf, reactionsOf } from '@quadrille/service'
import type { InventoryState } from '../domain/reservation.ts'

type Model = Shop['services']['inventory']

export const reaction = reactionsOf<Shop, Model, InventoryState>()

/** The result of a reaction of this service. */
export type Decision<State> = DecisionOf<Shop, Model, State>
