/** Shows what the events of a subject did in a service, by folding its reactions in memory. Nothing is read or written. */
import {
  type Draft,
  inboxTypes,
  type Language,
  type Message,
  type ServiceModel,
  Undecodable,
} from '@quadrille/messages'
import { fold } from '../core/fold.ts'
import type { ReactionMap } from '../core/reaction.ts'
import type { WorkingSet } from '../core/working-set.ts'
import { Problem } from '../http/problem.ts'
import type { FoldedEvent } from './folded-event.ts'

/**
 * How to fold the events of a subject's history, which lacks internal messages, secrets, and rows that the subject shares with
 * others. Declared with methods, so that a service can type the messages of its own language.
 */
export interface StatesFromEvents<State, M extends Message = Message> {
  /** The working set before the first event, with the shared rows that these events imply. */
  start(events: readonly M[]): WorkingSet<State, M>
  /**
   * For a service that does not consume its own events: the internal message that led to one of them, or null if it followed from
   * a consumed event.
   */
  causeOf?(event: M): Draft | null
  /** The reason why the reaction to this event does not follow from the events. Null if it does. Default: it does. */
  uncertain?(state: State, event: M, events: readonly M[]): string | null
  shown(state: State): unknown
}

export type GivenEvent = Readonly<Record<string, unknown>> & { readonly type: string }

/**
 * Folds events in their sequence, but each after its cause. Events that the service does not handle are left out. If an event of the
 * service does not follow in that sequence, the service has handled them in another one: from there on, nothing is shown.
 * @throws {Problem} 422 if two events have different subjects.
 */
export type FoldEvents = (events: readonly GivenEvent[]) => Iterable<FoldedEvent>

export interface FoldEventsOptions<State> {
  readonly language: Language
  readonly model: ServiceModel
  readonly reactions: ReactionMap<State>
  readonly statesFromEvents?: StatesFromEvents<State>
}

/** Undefined for a service that does not define how to fold its events. */
export const createFoldEvents = <State>({
  statesFromEvents: states,
  ...options
}: FoldEventsOptions<State>): FoldEvents | undefined => states && ((events) => foldEach(events, { ...options, states }))

interface Options<State> extends Omit<FoldEventsOptions<State>, 'statesFromEvents'> {
  readonly states: StatesFromEvents<State>
}

function* foldEach<State>(given: readonly GivenEvent[], options: Options<State>): Iterable<FoldedEvent> {
  const { messages, unreadable } = readAll(given, options)
  yield* unreadable
  const { model, states } = options
  const set = states.start(messages)
  const own = messages.filter(({ type }) => model.publishes.includes(type))
  const ordered = inCausalOrder(messages)
  for (const [index, event] of ordered.entries()) {
    const folded = apply(event, { set, messages }, options)
    if (!folded) continue
    const contradiction = contradictionTo(folded, own)
    if (contradiction) return yield* inAnotherSequence(ordered.slice(index), contradiction)
    yield folded.item
  }
}

/** An event of the service that can't have followed in this sequence: its own reaction fails, or its cause does not lead to it. */
const contradictionTo = ({ item, published }: Applied, own: readonly Message[]): Message | undefined => {
  if (item.outcome === 'failed') return own.find(({ id }) => id === item.id)
  if (item.outcome !== 'applied') return undefined
  return own.find(({ id, causationid }) => causationid === item.id && !published.includes(id))
}

/** The events that the service handles, and those that this version can't read. */
const readAll = <State>(given: readonly GivenEvent[], options: Options<State>) => {
  const { language, model, states } = options
  const types = new Set<string>([...inboxTypes(model), ...(states.causeOf ? model.publishes : [])])
  const messages: Message[] = []
  const unreadable: FoldedEvent[] = []
  for (const [index, event] of given.entries()) {
    if (!types.has(event.type)) continue
    const message = read(event, language)
    if ('outcome' in message) unreadable.push(message)
    else messages.push(ofSameSubject(message, messages[0], index))
  }
  return { messages, unreadable }
}

const read = (event: GivenEvent, language: Language): Message | FoldedEvent => {
  try {
    return language.decode(Buffer.from(JSON.stringify(language.withPlaceholders(event)))).message
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    const id = typeof event['id'] === 'string' ? event['id'] : null
    return { ...noEffect, id, type: event.type, outcome: 'unreadable', detail: language.redactText(error.message) }
  }
}

const ofSameSubject = (message: Message, first: Message | undefined, index: number): Message => {
  if (!first || message.subject === first.subject) return message
  throw new Problem('invalid-fields', 'The events have different subjects.', {
    errors: [{ pointer: `/events/${index}/subject`, detail: `must be ${first.subject}, as in the events before` }],
  })
}

/** The same sequence, except that the cause of an event comes before it. */
const inCausalOrder = (messages: readonly Message[]): readonly Message[] => {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const ordered = new Set<Message>()
  const add = (message: Message): void => {
    const cause = byId.get(message.causationid ?? '')
    if (cause && cause !== message && !ordered.has(cause)) {
      byId.delete(message.id) // a forged history may have a cycle
      add(cause)
    }
    ordered.add(message)
  }
  for (const message of messages) add(message)
  return [...ordered]
}

const noEffect = { before: null, after: null, events: [], tasks: [] }

const inAnotherSequence = (events: readonly Message[], { type }: Message): FoldedEvent[] =>
  events.map((event) => ({
    ...noEffect,
    id: event.id,
    type: event.type,
    outcome: 'uncertain',
    detail: `The service has handled these events in another sequence: in this one it would not have published ${type}.`,
  }))

interface Folding<State> {
  readonly set: WorkingSet<State>
  readonly messages: readonly Message[]
}

interface Applied {
  readonly item: FoldedEvent
  readonly published: readonly string[]
}

/** Null for an event of the service itself that followed from an event before. */
const apply = <State>(event: Message, { set, messages }: Folding<State>, options: Options<State>): Applied | null => {
  const { language, model, reactions, states } = options
  const { id, type } = event
  const now = new Date(event.time)
  const cause = model.publishes.includes(type) && states.causeOf ? states.causeOf(event) : event
  if (cause === null) return null
  const message = cause === event ? event : language.seal(cause, { service: model.name, now })
  const show = (state: State) => language.redact(states.shown(state))
  const before = set.of(message)
  const without = (outcome: FoldedEvent['outcome'], detail: string): Applied => ({
    item: { ...noEffect, id, type, outcome, detail, before: show(before), after: show(before) },
    published: [],
  })
  const reason = states.uncertain?.(before, event, messages) ?? null
  if (reason !== null) return without('uncertain', reason)
  const { steps, failures } = fold(set, [message], { language, service: model.name, reactions, now })
  const [step] = steps
  if (!step) return without('failed', language.redactText(failures.get(message)?.message ?? ''))
  return {
    item: {
      id,
      type,
      outcome: 'applied',
      detail: null,
      before: show(step.before),
      after: show(step.after),
      events: step.events.map(language.redact),
      tasks: step.tasks.map(language.redact),
    },
    published: step.events.map((published) => published.id),
  }
}
