import type { Shop } from '@quadrille/events'
import { type DecisionOf, reactionsOf } from '@quadrille/service'
import type { NotificationLog } from '../domain/notification-log.ts'

type Model = Shop['services']['notification']

export const reaction = reactionsOf<Shop, Model, NotificationLog>()

/** The result of a reaction of this service. */
export type Decision<State> = DecisionOf<Shop, Model, State>
