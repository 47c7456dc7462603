import type { Shop } from '@quadrille/events'
import { type DecisionOf, type HandledType, reactionsOf } from '@quadrille/service'
import type { NotificationLog } from '../domain/notification-log.ts'

type Model = Shop['services']['notification']

export const reaction = reactionsOf<Shop, Model, NotificationLog>()

/** The result of a reaction of this service to messages of these types. */
export type DecisionFor<Type extends HandledType<Model>> = DecisionOf<Shop, Model, NotificationLog, Type>
