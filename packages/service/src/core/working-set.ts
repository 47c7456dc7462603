/** The rows that a batch of reactions works on: loaded and locked once, changed in memory, saved once. */
import type { Message } from '@quadrille/messages'
import type { Sql, Statement } from '@quadrille/postgres'
import type { Claims } from './claim.ts'

/** The rows as a reaction sees them: the state of the message's subject. `M`: the messages of the service's language. */
export interface WorkingSet<State, M extends Message = Message> {
  of(message: M): State
  put(message: M, state: State): void
}

/** A message that was applied, the state before and after it, and the events and tasks that it has caused. */
export interface Step<State = unknown, M extends Message = Message> {
  readonly message: M
  readonly before: State
  /** The same as `before` if nothing has changed. */
  readonly after: State
  readonly events: readonly M[]
  readonly tasks: readonly M[]
}

export interface StoredWorkingSet<State, M extends Message = Message> extends WorkingSet<State, M> {
  /**
   * True if the load has left out a row of the message, because another session has locked it. The message can't be handled now
   * then. Absent if a load leaves no rows out.
   */
  isLocked?(message: M): boolean
  /**
   * The statements that write the changes, a fixed number: rows that were found are updated, others are inserted without upsert.
   * They are sent together with the commit, in one round trip.
   */
  changes(steps: readonly Step<unknown, M>[]): readonly Statement[]
}

export interface Load<M extends Message = Message> {
  /** The messages of the batch. Some of them may not be claimed. */
  readonly messages: readonly M[]
  /** SQL for the claimed subjects, a `uuid[]`: `where subject = any(${claimedSql})`. */
  readonly claimedSql: string
  /** Whether to wait for rows that subjects share, up to the lock timeout. If false, locked rows are left out. */
  readonly waits: boolean
}

export interface Tables<State, M extends Message = Message> extends Claims<M> {
  /** True if subjects share rows, for which a load may wait. Default false. */
  readonly sharesRows?: boolean
  /**
   * Loads the state of the claimed subjects with a fixed number of statements, and locks the rows in the order of their keys. It
   * locks rows of claimed subjects only, for which it never waits, and rows that they share. Its statements are sent before the
   * claims are known, in one round trip with them, if they are `select`s that do not depend on each other.
   */
  load(sql: Sql, load: Load<M>): Promise<StoredWorkingSet<State, M>>
}

/**
 * The rows of one table by key. It tracks which of them exist in the table and which have changed. A new row is inserted, never
 * upserted: if another transaction has inserted it meanwhile, that must be a conflict.
 */
export class RowSet<Row> {
  readonly #rows: Map<string, Row>
  readonly #found: ReadonlySet<string>
  readonly #changed = new Set<string>()

  constructor(keyOf: (row: Row) => string, found: readonly Row[] = []) {
    this.#rows = new Map(found.map((row) => [keyOf(row), row]))
    this.#found = new Set(this.#rows.keys())
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  set(key: string, row: Row): void {
    if (this.#rows.get(key) === row) return
    this.#rows.set(key, row)
    this.#changed.add(key)
  }

  /** The statements that write the changes: at most one for the new rows, and one for the others. */
  changes({ insert, update }: Writers<Row>): Statement[] {
    return [...writeIfAny(this.inserted(), insert), ...writeIfAny(this.updated(), update)]
  }

  inserted(): Row[] {
    return this.#changedRows((key) => !this.#found.has(key))
  }

  updated(): Row[] {
    return this.#changedRows((key) => this.#found.has(key))
  }

  #changedRows(wanted: (key: string) => boolean): Row[] {
    return [...this.#changed].filter(wanted).flatMap((key) => this.#rows.get(key) ?? [])
  }
}

export interface Writers<Row> {
  insert(rows: readonly Row[]): Statement
  /** The transaction has locked the rows. */
  update(rows: readonly Row[]): Statement
}

/** The statement for these rows. Empty if there are no rows. */
export const writeIfAny = <Row>(rows: readonly Row[], write: (rows: readonly Row[]) => Statement): Statement[] =>
  rows.length > 0 ? [write(rows)] : []
