/**
 * What would become of a message now: its reaction is run as it always is, in a transaction that is rolled back. A task isn't
 * done: what it does outside can't be taken back.
 */
import { type Decoded, inboxTypes, type Language, type Message, Undecodable } from '@quadrille/messages'
import { directExchange, eventsExchange, inboxOf } from '@quadrille/messaging'
import type { Outgoing } from '@quadrille/outbox'
import { faultOf } from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type Outcome } from '../core/batch.ts'
import type { Tables } from '../core/working-set.ts'
import type { ParkReason } from '../delivery/retry-policy.ts'
import { wrongExchange } from '../delivery/wrong-exchange.ts'
import { Unavailable } from '../errors/unavailable.ts'
import { originalExchange } from './original-exchange.ts'
import { rollingBack } from './rolling-back.ts'

export interface Trial {
  readonly outcome: 'applied' | 'duplicate' | 'ignored' | 'failed' | 'not_tried'
  /** Why it fails, or isn't tried. */
  readonly detail?: string
  /** The state that the message is about, before and after; what the service keeps of it, as JSON. */
  readonly before?: unknown
  readonly after?: unknown
  /** What it would say, and have done. */
  readonly events?: readonly unknown[]
  readonly tasks?: readonly unknown[]
}

export interface Tried {
  readonly queue: string
  /** The exchange by which it first came. */
  readonly exchange: string
  /** Why it was parked. */
  readonly reason: string
  readonly body: Uint8Array
}

/** @throws where Postgres is away or somebody is in the way; nothing is known then. */
export type DryRun = (tried: Tried) => Promise<Trial>

export const createDryRun =
  <State>(options: Omit<BatchOptions<State>, 'relay'>): DryRun =>
  async (tried) => {
    if (tried.reason === ('kills_its_consumer' satisfies ParkReason))
      return { outcome: 'not_tried', detail: 'Processes have died of it, and this one would handle it now.' }
    if (tried.queue === eventsExchange(options.model.name))
      return { outcome: 'not_tried', detail: 'The event was not sent yet, and would be published now.' }
    const decoded = read(tried.body, options.language)
    const trial = withoutTrying(tried, decoded, options)
    if (trial) return trial
    if (decoded instanceof Undecodable)
      return { outcome: 'failed', detail: options.language.redactText(decoded.message) }
    return tryReaction(decoded, options)
  }

/** What can be said of a message before its reaction is run. Null where it has to be run, or can't be read. */
const withoutTrying = (
  tried: Tried,
  decoded: Decoded | Undecodable,
  { language, model }: Pick<BatchOptions<never>, 'language' | 'model'>,
): Trial | null => {
  const isInbox = tried.queue === inboxOf(model.name)
  if (decoded instanceof Undecodable)
    return decoded.reason === 'unknown_type' && isInbox
      ? { outcome: 'ignored', detail: language.redactText(decoded.message) }
      : null
  const { type } = decoded.message
  if (!isInbox) return { outcome: 'not_tried', detail: `The task ${type} would be done, which can’t be undone.` }
  if (!inboxTypes(model).includes(type)) return { outcome: 'ignored', detail: `Nobody here reacts to ${type}.` }
  const direct = directExchange(model.name)
  const wrong = wrongExchange({ type, exchange: originalExchange(tried, direct), direct }, language)
  return wrong && { outcome: 'failed', detail: wrong.message }
}

const read = (body: Uint8Array, language: Language): Decoded | Undecodable => {
  try {
    return language.decode(body)
  } catch (error) {
    if (error instanceof Undecodable) return error
    throw error
  }
}

const tryReaction = async <State>(decoded: Decoded, options: Omit<BatchOptions<State>, 'relay'>): Promise<Trial> => {
  const said: Outgoing[] = []
  const { language } = options
  const watched = watch(options.tables, decoded.message, language)
  try {
    const [outcome] = await applyBatch([decoded], {
      ...options,
      tables: watched.tables,
      relay: recording(said),
      database: rollingBack(options.database),
    })
    if (outcome?.status === 'held') throw new Unavailable('Another session holds what this is about; try again.')
    if (outcome?.status !== 'applied') return failed(outcome, language)
    return { outcome: 'applied', ...watched.states(), ...sorted(said, language) }
  } catch (error) {
    const fault = faultOf(error)
    if (!(error instanceof Error) || fault === 'unavailable' || fault === 'conflict') throw error
    return { outcome: 'failed', detail: language.redactText(error.message) }
  }
}

const failed = (outcome: Outcome | undefined, { redactText }: Language): Trial =>
  outcome?.status === 'failed'
    ? { outcome: 'failed', detail: redactText(outcome.error.message) }
    : { outcome: 'duplicate' }

/** Tables that remember the state before and after. */
const watch = <State>({ load, ...claims }: Tables<State>, message: Message, { redact }: Language) => {
  let before: unknown
  let after: () => unknown = () => undefined
  const tables: Tables<State> = {
    ...claims,
    load: async (sql, messages, options) => {
      const set = await load(sql, messages, options)
      before = redact(set.of(message))
      after = () => redact(set.of(message))
      return set
    },
  }
  return { tables, states: () => ({ before, after: after() }) }
}

/** A relay to which things are said in vain. */
const recording = (said: Outgoing[]): BatchOptions<never>['relay'] => ({
  insert: (_sql, messages) => {
    said.push(...messages)
    return Promise.resolve({ committed: () => undefined, abandoned: () => undefined })
  },
})

const sorted = (said: readonly Outgoing[], { messages, redact }: Language) => {
  const shown = (kind: 'event' | 'task') =>
    said.filter(({ type }) => messages[type]?.kind === kind).map(({ body }) => redact(JSON.parse(body)))
  return { events: shown('event'), tasks: shown('task') }
}
