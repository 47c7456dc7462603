/** Reactions, one message after the other, on a working set: pure, and the same in a service and in a simulation. */
import { toError } from '@quadrille/async'
import { type Message, type MessageType, seal, type TraceContext } from '@quadrille/events'
import type { Reaction } from './reaction.ts'
import type { Step, WorkingSet } from './working-set.ts'

export interface FoldOptions<State> {
  readonly service: string
  readonly reactions: ReadonlyMap<MessageType, Reaction<State>>
  readonly now: Date
  /** The trace that what a message causes belongs to. */
  readonly traceOf?: (message: Message) => TraceContext
}

export interface Folded<State> {
  readonly steps: readonly Step<State>[]
  /** Messages whose reaction threw: they changed nothing. */
  readonly failures: ReadonlyMap<Message, Error>
}

/** Applies the messages in their order. A reaction that throws is left out, and costs its neighbours nothing. */
export const fold = <State>(
  set: WorkingSet<State>,
  messages: readonly Message[],
  options: FoldOptions<State>,
): Folded<State> => {
  const steps: Step<State>[] = []
  const failures = new Map<Message, Error>()
  for (const message of messages) {
    try {
      steps.push(apply(set, message, options))
    } catch (error) {
      failures.set(message, toError(error))
    }
  }
  return { steps, failures }
}

const apply = <State>(set: WorkingSet<State>, message: Message, options: FoldOptions<State>): Step<State> => {
  const reaction = options.reactions.get(message.type)
  if (!reaction) throw new Error(`${options.service} has no reaction to ${message.type}.`)
  const before = set.of(message)
  const { state, events = [], tasks = [] } = reaction.react(before, message, options.now)
  const origin = { service: options.service, now: options.now, cause: message, trace: options.traceOf?.(message) ?? {} }
  const step = {
    message,
    before,
    after: state ?? before,
    events: events.map((event) => seal(event, origin)),
    tasks: tasks.map((task) => seal(task, origin)),
  }
  if (state !== undefined) set.put(message, state)
  return step
}

/** The reactions by the type that they handle. */
export const reactionsByType = <State>(
  reactions: readonly Reaction<State>[],
): ReadonlyMap<MessageType, Reaction<State>> => new Map(reactions.map((reaction) => [reaction.type, reaction]))
