/** The rows that a batch of reactions works on: loaded and locked once, changed in memory, saved once. */
import type { Message } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'

/** The rows as a reaction sees them: the state that its message is about. `M`: the messages of the service's language. */
export interface WorkingSet<State, M extends Message = Message> {
  of(message: M): State
  put(message: M, state: State): void
}

/** A message that was applied, the state before and after it, and the events and tasks that it has caused. */
export interface Step<State = unknown, M extends Message = Message> {
  readonly message: M
  readonly before: State
  /** The same as before where nothing has changed. */
  readonly after: State
  readonly events: readonly M[]
  readonly tasks: readonly M[]
}

export interface StoredWorkingSet<State, M extends Message = Message> extends WorkingSet<State, M> {
  /**
   * True where another session holds a row that the message shares with other subjects, so that it can't be handled now. Only
   * after a load that didn't wait. Absent where subjects share no rows.
   */
  isHeld?(message: M): boolean
  /**
   * Writes what has changed with a fixed number of statements: found rows are updated, others plainly inserted.
   * Statements that don't need each other's results are begun together, and so share a round trip.
   */
  save(sql: Sql, steps: readonly Step<unknown, M>[]): Promise<void>
}

/** A table whose rows belong to one subject each. */
export interface OwnRows {
  readonly table: string
  /** The column with the subject's id. */
  readonly subject: string
}

/** The claims of a transaction for a message, made before it begins to work on it. A message whose claims another session holds waits. */
export interface Claims<M extends Message = Message> {
  /** The rows of the subject that the message is about. */
  readonly ownRows: readonly OwnRows[]
  /** Keys beside the subject that two transactions must not use at once, because one of them inserts a row for it. Default none. */
  claimsOf?(message: M): readonly string[]
}

export interface LoadOptions {
  /** Whether to wait for rows that subjects share, up to the lock timeout. Where not, those that are locked are left out. Default true. */
  readonly waits?: boolean
}

export interface Tables<State, M extends Message = Message> extends Claims<M> {
  /** True where subjects share rows, which a load may wait for. Default false. */
  readonly sharesRows?: boolean
  /**
   * Loads what the messages are about with a fixed number of statements, and locks it in the order of the keys. Their claims
   * are held by the transaction already, so only rows that subjects share can be waited for.
   */
  load(sql: Sql, messages: readonly M[], options?: LoadOptions): Promise<StoredWorkingSet<State, M>>
}

/**
 * Rows of one table by key, which remembers which of them were found in it, and which have changed since.
 * A row that wasn't found is inserted, never upserted: if another transaction was faster, that must show as a conflict.
 */
export class RowSet<Row> {
  readonly #rows: Map<string, Row>
  readonly #found: ReadonlySet<string>
  readonly #changed = new Set<string>()

  constructor(found: readonly Row[] = [], keyOf: (row: Row) => string = () => '') {
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
