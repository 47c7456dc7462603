/**
 * The position of a reader in the history of all orders. Transactions commit in another order than they begin, so no number is a
 * position: a transaction with a lower number may still be running. A snapshot of Postgres is one: it tells which transactions
 * had committed. See ADR 33.
 */

/** The transactions that had committed at some time: those before `xmax` that were not running. */
export interface Snapshot {
  readonly xmax: number
  /** Below `xmax`, in ascending order. */
  readonly running: readonly number[]
}

/** An event, by the transaction that has inserted it, and by its number, which grows within a transaction. */
export interface EventKey {
  readonly xid: number
  readonly seq: number
  /** The id of the event, or its beginning. */
  readonly id: string
}

/**
 * A reader has seen the events of the transactions that are visible in the snapshot, and those of the transaction of `last` up to
 * it. `last` also shows whether the position belongs to this database: after a restore, numbers are used again for other events.
 */
export interface Position {
  readonly snapshot: Snapshot
  /** The last event that was seen. Null only at the start. */
  readonly last: EventKey | null
}

/** Before the first event. */
export const start: Position = { snapshot: { xmax: 0, running: [] }, last: null }

/** Reads Postgres's text of a pg_snapshot: xmin:xmax:running,… */
export const readSnapshot = (text: string): Snapshot => {
  const [, xmax = '', running = ''] = text.split(':')
  return { xmax: Number(xmax), running: running === '' ? [] : running.split(',').map(Number) }
}

export const isVisible = ({ xmax, running }: Snapshot, xid: number): boolean => xid < xmax && !running.includes(xid)

/**
 * The position of a reader at `from` that has then seen all events of a snapshot, the last of which this is. It includes no transaction
 * after those of its events: if Postgres loses its latest commits, by a crash or a restore, it gives their numbers to other ones.
 */
export const positionAt = (from: Position, { running }: Snapshot, last: EventKey | null): Position => {
  if (!last) return start
  const xmax = Math.max(withLastTransaction(from).xmax, last.xid + 1)
  return { snapshot: { xmax, running: running.filter((xid) => xid < xmax) }, last }
}

/** True if all transactions of a position are visible in the snapshot. */
export const includes = (snapshot: Snapshot, { snapshot: seen, last }: Position): boolean =>
  snapshot.xmax >= seen.xmax &&
  snapshot.running.every((xid) => !isVisible(seen, xid)) &&
  (last === null || isVisible(snapshot, last.xid))

/** The transactions that are visible in `from`, and those up to `xid` that are visible in `to`, a later snapshot. */
const upTo = (from: Snapshot, to: Snapshot, xid: number): Snapshot => {
  const xmax = Math.max(from.xmax, xid + 1)
  const running = [...to.running.filter((other) => other < xmax), ...from.running.filter((other) => other > xid)]
  return { xmax, running: [...new Set(running)].sort((one, other) => one - other) }
}

/** The snapshot of a reader that has also seen the rest of the transaction of its last event. */
export const withLastTransaction = ({ snapshot: { xmax, running }, last }: Position): Snapshot => ({
  xmax: last?.xid === xmax ? xmax + 1 : xmax,
  running: running.filter((xid) => xid !== last?.xid),
})

/**
 * The position after an event, for a reader at `from` that reads the events that are visible in `to`: first the rest of the
 * transaction of its last event, then the others, sorted by xid and seq.
 */
export const positionAfter = (from: Position, to: Snapshot, event: EventKey): Position => ({
  snapshot: event.xid === from.last?.xid ? from.snapshot : upTo(withLastTransaction(from), to, event.xid - 1),
  last: event,
})

/** The longest text of a position. A thousand transactions can run at a time. */
export const maxPositionLength = 4_096

const idLength = 8
const startText = 'start'

/** One word of `0–9`, `a–z`, dots and an underscore. Running transactions are distances to the next one. */
export const formatPosition = ({ snapshot: { xmax, running }, last }: Position): string => {
  if (last === null) return startText
  const gaps = running.toReversed().map((xid, index, descending) => (descending[index - 1] ?? xmax) - xid)
  const seen = [xmax, ...gaps].map(inBase36).join('.')
  return `${seen}_${inBase36(last.xid)}.${inBase36(last.seq)}.${last.id.slice(0, idLength)}`
}

const inBase36 = (number: number): string => number.toString(36)

const format = /^([\da-z]{1,11}(?:\.[\da-z]{1,11})*)_([\da-z]{1,11})\.([\da-z]{1,11})\.([\da-f]{8})$/

/** Undefined if `formatPosition` has never written this. */
export const parsePosition = (text: string): Position | undefined => {
  if (text === startText) return start
  if (text.length > maxPositionLength) return undefined
  const [, seen = '', xid = '', seq = '', id = ''] = format.exec(text) ?? []
  const [xmax = 0, ...gaps] = seen.split('.').map(fromBase36)
  let running = xmax
  const descending = gaps.map((gap) => {
    running -= gap
    return running
  })
  const last = { xid: fromBase36(xid), seq: fromBase36(seq), id }
  const snapshot = { xmax, running: descending.toReversed() }
  return isPossible(snapshot, last) && formatPosition({ snapshot, last }) === text ? { snapshot, last } : undefined
}

const fromBase36 = (digits: string): number => Number.parseInt(digits, 36)

const isPossible = ({ xmax, running }: Snapshot, last: EventKey): boolean =>
  [xmax, last.xid, last.seq].every(Number.isSafeInteger) &&
  running.every((xid, index) => xid > (running[index - 1] ?? 0) && xid < xmax) &&
  last.xid <= xmax &&
  last.seq > 0
