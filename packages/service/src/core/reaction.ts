/** Reactions: what a service does about a message, as a pure function. */
import type { Draft, Message, MessageType, ServiceModel } from '@quadrille/events'

/** The messages that a service's reactions handle: events of others, what it is told from inside, and its own past. */
export type HandledType<Model extends ServiceModel> =
  | Model['consumes'][number]
  | Model['internal'][number]
  | Recalled<Model>
type Published<Model extends ServiceModel> = Model['publishes'][number]
type Recalled<Model extends ServiceModel> = Model extends { readonly recalls: true } ? Published<Model> : never
type Tasks<Model extends ServiceModel> = Extract<keyof NonNullable<Model['work']>['tasks'], MessageType>

/** What a reaction decides: the new state (absent: unchanged), and what to say and to have done because of it. */
export interface Decision<Model extends ServiceModel, State> {
  readonly state?: State
  readonly events?: readonly Draft<Published<Model>>[]
  readonly tasks?: readonly Draft<Tasks<Model>>[]
}

/** The decision to leave everything as it is. */
export const nothing = {}

type React<Model extends ServiceModel, State, Type extends MessageType> = (
  state: State,
  message: Message<Type>,
  now: Date,
) => Decision<Model, State>

/** A reaction among others, its message type no longer visible to the compiler. */
export interface Reaction<State> {
  readonly type: MessageType
  readonly react: (state: State, message: Message, now: Date) => UncheckedDecision<State>
}

export interface UncheckedDecision<State> {
  readonly state?: State
  readonly events?: readonly Draft[]
  readonly tasks?: readonly Draft[]
}

/**
 * The constructor of one service's reactions. They may say only what the choreography lets the service say.
 * A reaction is pure: no I/O, no clock, no randomness. It may be run again after a conflict, and must also be idempotent by
 * state, as a replay can bring a message under another id. One that throws changes nothing and is tried again later.
 */
export const reactionsOf =
  <Model extends ServiceModel, State>() =>
  <Type extends HandledType<Model>>(type: Type, react: React<Model, State, Type>): Reaction<State> => ({
    type,
    react: (state, message, now) => react(state, message as Message<Type>, now) as UncheckedDecision<State>,
  })
