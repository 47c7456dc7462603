/** Operations on the dead letters of a service. Each operation is one transaction, which also records it. */
import type { Language } from '@quadrille/messages'
import type { ServiceTopology } from '@quadrille/messaging'
import type { Relay } from '@quadrille/outbox'
import type { Database, Sql } from '@quadrille/postgres'
import { Problem } from '../http/problem.ts'
import type { DryRun } from './dry-run.ts'
import type { DeadLetterMetrics } from './metrics.ts'
import type { StoredDeadLetter } from './table/dead-letter.ts'
import type { DeadLetterFilter } from './table/filter.ts'
import { type DeadLetterOperation, recordOperations } from './table/operations.ts'
import { insertReplays } from './table/replay.ts'
import { settleDeadLetters } from './table/settling.ts'

/** The operator who requests an operation, and the note on it. */
export type Requested = Omit<DeadLetterOperation, 'operation'>

export interface DeadLettersOptions {
  readonly language: Language
  /** The queues and exchanges of the service: the destinations of replays. */
  readonly topology: Pick<ServiceTopology, 'queues' | 'direct' | 'events' | 'fanout'>
  readonly storage: { readonly database: Database }
  readonly relay: Pick<Relay, 'sweepSoon'>
  readonly deadLetterMetrics: Pick<DeadLetterMetrics, 'replayed' | 'discarded'>
}

/** Selects parked dead letters: the oldest that match. */
export interface Selection {
  readonly filter: Omit<DeadLetterFilter, 'status'>
  readonly limit: number
}

export interface DeadLetters extends Pick<DeadLettersOptions, 'language'> {
  readonly database: Database
  readonly dryRun: DryRun
  /** Whether the queue or the exchange of its message exists. */
  canReplay(deadLetter: Pick<StoredDeadLetter, 'queue'>): boolean
  /**
   * Sends messages again unchanged, one every `everyMs`, and returns the ids of their dead letters. Each message keeps
   * its original exchange, which is checked as on a first delivery. Dead letters that are not parked are skipped, so a
   * message that is replayed twice is sent once.
   * @throws {Problem} 409 if the queue or the exchange of a message no longer exists. Then no message is sent.
   */
  replay(selection: Selection, everyMs: number, requested: Requested): Promise<string[]>
  /** False if the dead letter is not parked. */
  discard(id: string, requested: Requested): Promise<boolean>
}

export const createDeadLetters = (
  { language, topology, storage: { database }, relay, deadLetterMetrics: metrics }: DeadLettersOptions,
  dryRun: DryRun,
): DeadLetters => {
  const exchanges = [topology.events, topology.fanout].filter((name) => name !== null)
  const destinations = new Set([...topology.queues.map(({ name }) => name), ...exchanges])
  const canReplay: DeadLetters['canReplay'] = ({ queue }) => destinations.has(queue)

  const takeForReplay = async (sql: Sql, { filter, limit }: Selection): Promise<readonly StoredDeadLetter[]> => {
    const deadLetters = await settleDeadLetters(sql, filter, { as: 'replayed', limit })
    const stranded = deadLetters.find((deadLetter) => !canReplay(deadLetter))
    if (!stranded) return deadLetters
    throw new Problem('conflict', `The dead letter ${stranded.id} belongs to ${goneQueue(stranded)}`)
  }

  return {
    language,
    database,
    canReplay,
    dryRun: async (input) =>
      canReplay(input) ? dryRun(input) : { outcome: 'failed', detail: `It belongs to ${goneQueue(input)}` },

    replay: async (selection, everyMs, requested) => {
      const ids = await database.transaction(async (sql) => {
        const deadLetterIds = (await takeForReplay(sql, selection)).map(({ id }) => id)
        await insertReplays(sql, deadLetterIds, { exchange: topology.direct, exchanges, everyMs })
        await recordOperations(sql, deadLetterIds, { operation: 'replay', ...requested })
        return deadLetterIds
      })
      metrics.replayed.inc(ids.length)
      relay.sweepSoon() // replays are rows of the outbox that no batch has inserted
      return ids
    },

    discard: async (id, requested) => {
      const discarded = await database.transaction(async (sql) => {
        const deadLetters = await settleDeadLetters(sql, { ids: [id] }, { as: 'discarded', limit: 1 })
        if (deadLetters.length === 0) return false
        await recordOperations(sql, [id], { operation: 'discard', ...requested })
        return true
      })
      if (discarded) metrics.discarded.inc()
      return discarded
    },
  }
}

const goneQueue = ({ queue }: Pick<StoredDeadLetter, 'queue'>): string =>
  `${queue}, a queue or exchange that no longer exists.`
