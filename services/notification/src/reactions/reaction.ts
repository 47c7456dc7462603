import type { Shop } from '@quadrille/events'
import { type DecisionOf, reactionsOf } from '@quadrille/service'
import type { Correspondence } from '../domain/correspondence.ts'

type Model = Shop['services']['notification']

export const reaction = reactionsOf<Shop, Model, Correspondence>()

/** What a reaction of this service decides. */
export type Decision<State> = DecisionOf<Shop, Model, State>
