/** Reactions: pure functions that compute a service's response to a message. */
import type { Draft, DraftIn, Language, Message, MessageIn, ServiceModel, TypeIn } from '@quadrille/messages'

/** The messages of these types, in a language. */
export type MessageOf<L extends Language, Type extends string> = MessageIn<
  L['messages'],
  Extract<Type, TypeIn<L['messages']>>
>

/** The drafts of these types, in a language. */
export type DraftOf<L extends Language, Type extends string> = DraftIn<
  L['messages'],
  Extract<Type, TypeIn<L['messages']>>
>

/**
 * The messages that a service's reactions handle: consumed events, internal messages, and its own events if `consumesOwnEvents`
 * is set.
 */
export type HandledType<Model extends ServiceModel> =
  | Model['consumes'][number]
  | Model['internal'][number]
  | (Model extends { readonly consumesOwnEvents: true } ? Model['publishes'][number] : never)

export type TaskType<Model extends ServiceModel> = keyof NonNullable<Model['work']>['tasks'] & string

/** The decision of a reaction: the new state (absent: unchanged, and it can't be undefined), and the events and tasks that follow from it. */
export interface Decision<State, Event extends Draft = Draft, Task extends Draft = Draft> {
  readonly state?: Exclude<State, undefined>
  readonly events?: readonly Event[]
  readonly tasks?: readonly Task[]
  /** Misspelt. The compiler accepts unknown properties of what a function returns; `fold` rejects others at run time. */
  readonly event?: never
  readonly task?: never
}

/** The messages that a message of this type may cause at this service. */
type Caused<Model extends ServiceModel, Type extends string> = Model extends {
  readonly causes: { readonly [Cause in Type]: readonly (infer Effect extends string)[] }
}
  ? Effect
  : never

/**
 * The decision of a service's reaction to messages of these types: it contains only events and tasks that they may cause, according
 * to the service's model.
 */
export type DecisionOf<L extends Language, Model extends ServiceModel, State, Type extends string> = Decision<
  State,
  DraftOf<L, Extract<Caused<Model, Type>, Model['publishes'][number]>>,
  DraftOf<L, Extract<Caused<Model, Type>, TaskType<Model>>>
>

/**
 * The decision to change nothing. Its type names the properties, because the compiler reduces a union with `{}` to `{}`, and then
 * accepts any events in the other branches of a reaction.
 */
export const nothing: { readonly state?: never; readonly events?: never; readonly tasks?: never } = {}

/**
 * A reaction is pure: no I/O, no clock, no randomness. It returns a new state and never changes the one that it gets, because
 * later messages of the batch would see the change, even if it throws. It may run again after a conflict, and must also be
 * idempotent by state, because a replay can bring a message under another id. If it throws, it changes nothing and is retried
 * later. Declared as a method, so that reactions to messages of different types fit into one map.
 */
export type Reaction<State, Handles extends Message = Message, Decides = Decision<State>> = {
  react(state: State, message: Handles, now: Date): Decides
}['react']

/**
 * The reaction of a service to messages of one type. Not a method, unlike `Reaction`: it must accept each state that the tables
 * load, undefined too.
 */
export type ReactionOf<L extends Language, Model extends ServiceModel, State, Type extends string> = (
  state: State,
  message: MessageOf<L, Type>,
  now: Date,
) => DecisionOf<L, Model, State, Type>

/** All reactions of a service: one for each message that it handles. */
export type Reactions<L extends Language, Model extends ServiceModel, State> = {
  readonly [Type in HandledType<Model>]: ReactionOf<L, Model, State, Type>
}

/** The reactions by message type. `M` and `D`: the messages and drafts of a language. */
export type ReactionMap<State, M extends Message = Message, D extends Draft = Draft> = ReadonlyMap<
  string,
  Reaction<State, M, Decision<State, D, D>>
>

/** Gives the reactions of one service their types: `reaction('Example', (state, message) => …)` returns the function as it is. */
export const reactionsOf =
  <L extends Language, Model extends ServiceModel, State>() =>
  <Type extends HandledType<Model>>(
    _type: Type,
    react: ReactionOf<L, Model, State, Type>,
  ): ReactionOf<L, Model, State, Type> =>
    react
