/** Applies reactions to a working set, one message after the other. It is pure: a service and a simulation share it. */
import { toError } from '@quadrille/async'
import type { Draft, Message, Origin, TraceContext } from '@quadrille/messages'
import type { ReactionMap } from './reaction.ts'
import type { Step, WorkingSet } from './working-set.ts'

/** `M`: the messages of a language. */
export interface FoldOptions<State, M extends Message = Message> {
  readonly language: { seal(draft: Draft, origin: Origin): M }
  readonly service: string
  readonly reactions: ReactionMap<State, M>
  readonly now: Date
  /** The trace of the events and tasks that a message causes. */
  readonly traceOf?: (message: M) => TraceContext
}

export interface Folded<State, M extends Message = Message> {
  readonly steps: readonly Step<State, M>[]
  /** Messages whose reaction threw: they changed nothing. */
  readonly failures: ReadonlyMap<M, Error>
}

/** Applies the messages in order. A reaction that throws changes nothing, and does not affect the others. */
export const fold = <State, M extends Message>(
  set: WorkingSet<State, M>,
  messages: readonly M[],
  options: FoldOptions<State, M>,
): Folded<State, M> => {
  const steps: Step<State, M>[] = []
  const failures = new Map<M, Error>()
  for (const message of messages) {
    try {
      steps.push(apply(set, message, options))
    } catch (error) {
      failures.set(message, toError(error))
    }
  }
  return { steps, failures }
}

const apply = <State, M extends Message>(
  set: WorkingSet<State, M>,
  message: M,
  { language, service, reactions, now, traceOf }: FoldOptions<State, M>,
): Step<State, M> => {
  const react = reactions.get(message.type)
  if (!react) throw new Error(`${service} has no reaction to ${message.type}.`)
  const before = set.of(message)
  const decision = react(before, message, now)
  checkDecision(decision)
  const { state, events = [], tasks = [] } = decision
  const origin = { service, now, cause: message, trace: traceOf?.(message) ?? {} }
  const step = {
    message,
    before,
    after: state === undefined ? before : state,
    events: events.map((event) => language.seal(event, origin)),
    tasks: tasks.map((task) => language.seal(task, origin)),
  }
  if (state !== undefined) set.put(message, state)
  return step
}

/** Otherwise what a reaction has decided could be lost without a trace. The compiler finds neither in JavaScript. */
const checkDecision = (decision: object): void => {
  if (decision instanceof Promise) {
    decision.catch(() => undefined) // its own error would end the process
    throw new TypeError('The reaction returned a promise: a reaction must not be async.')
  }
  for (const name of Object.keys(decision)) if (!decisionProperties.has(name)) throw unknownProperty(name)
}

const decisionProperties: ReadonlySet<string> = new Set(['state', 'events', 'tasks'])

const unknownProperty = (name: string): TypeError =>
  new TypeError(`The reaction returned the unknown property ${name}: a decision has only state, events and tasks.`)
