/**
 * What would become of a message now: its reaction is run as it always is, in a transaction that is rolled back. A task isn't
 * done: what it does outside can't be taken back.
 */
import { catalog, type Decoded, decode, isMessageType, type Message, takenIn, Undecodable } from '@quadrille/events'
import { inboxOf } from '@quadrille/messaging'
import type { Outgoing } from '@quadrille/outbox'
import { faultOf } from '@quadrille/postgres'
import { applyBatch, type BatchOptions, type Outcome } from '../batch.ts'
import type { ParkReason } from '../failures/policy.ts'
import type { Tables } from '../working-set.ts'
import { redact } from './redact.ts'
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
  /** Why it was parked. */
  readonly reason: string
  readonly body: Uint8Array
}

/** @throws where Postgres is away or somebody is in the way; nothing is known then. */
export type DryRun = (tried: Tried) => Promise<Trial>

export const createDryRun =
  <State>(options: Omit<BatchOptions<State>, 'relay'>): DryRun =>
  async ({ queue, reason, body }) => {
    if (reason === ('kills_its_consumer' satisfies ParkReason))
      return { outcome: 'not_tried', detail: 'Processes have died of it, and this one would handle it now.' }
    const decoded = read(body)
    if (decoded instanceof Undecodable) {
      const ignored = decoded.reason === 'unknown_type' && queue === inboxOf(options.model.name)
      return { outcome: ignored ? 'ignored' : 'failed', detail: decoded.message }
    }
    const { type } = decoded.message
    if (queue !== inboxOf(options.model.name))
      return { outcome: 'not_tried', detail: `The task ${type} would be done, which can’t be undone.` }
    if (!takenIn(options.model).includes(type)) return { outcome: 'ignored', detail: `Nobody here reacts to ${type}.` }
    return tryReaction(decoded, options)
  }

const read = (body: Uint8Array): Decoded | Undecodable => {
  try {
    return decode(body)
  } catch (error) {
    if (error instanceof Undecodable) return error
    throw error
  }
}

const tryReaction = async <State>(decoded: Decoded, options: Omit<BatchOptions<State>, 'relay'>): Promise<Trial> => {
  const said: Outgoing[] = []
  const watched = watch(options.tables, decoded.message)
  try {
    const [outcome] = await applyBatch([decoded], {
      ...options,
      tables: watched.tables,
      relay: recording(said),
      database: rollingBack(options.database),
    })
    if (outcome?.status !== 'applied') return failed(outcome)
    return { outcome: 'applied', ...watched.states(), ...sorted(said) }
  } catch (error) {
    const fault = faultOf(error)
    if (!(error instanceof Error) || fault === 'unavailable' || fault === 'conflict') throw error
    return { outcome: 'failed', detail: error.message }
  }
}

const failed = (outcome: Outcome | undefined): Trial =>
  outcome?.status === 'failed' ? { outcome: 'failed', detail: outcome.error.message } : { outcome: 'duplicate' }

/** Tables that remember the state before and after. */
const watch = <State>({ load }: Tables<State>, message: Message) => {
  let before: unknown
  let after: () => unknown = () => undefined
  const tables: Tables<State> = {
    load: async (sql, messages) => {
      const set = await load(sql, messages)
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

const sorted = (said: readonly Outgoing[]) => {
  const shown = (kind: 'event' | 'task') =>
    said
      .filter(({ type }) => isMessageType(type) && catalog[type].kind === kind)
      .map(({ body }) => redact(JSON.parse(body)))
  return { events: shown('event'), tasks: shown('task') }
}
