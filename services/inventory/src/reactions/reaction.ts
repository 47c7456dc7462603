import type { Shop } from '@quadrille/events'
import { type DecisionOf, type HandledType, reactionsOf } from '@quadrille/service'
import type { InventoryState } from '../domain/state.ts'

type Model = Shop['services']['inventory']

export const reaction = reactionsOf<Shop, Model, InventoryState>()

/** The result of a reaction of this service to messages of these types. */
export type DecisionFor<Type extends HandledType<Model>> = DecisionOf<Shop, Model, InventoryState, Type>
