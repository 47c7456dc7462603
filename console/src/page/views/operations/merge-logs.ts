/** One log from the logs of all services, as far as they have been read. */
import type { LoggedOperation } from '../../api/types.ts'

/** The newest operations of a service. */
export interface ServiceLog {
  readonly service: string
  /** The newest first. */
  readonly items: readonly LoggedOperation[]
  /** Null if the service has no older ones. */
  readonly nextCursor: string | null
}

export interface ServiceOperation extends LoggedOperation {
  readonly service: string
}

export interface MergedLog {
  /** The newest first. Operations are left out that may be older than one that has not been read. */
  readonly operations: readonly ServiceOperation[]
  /** The services of which older operations must be read to continue the log. Empty at its end. */
  readonly behind: readonly string[]
}

/**
 * Each service lists its own operations in pages. A log that has been read down to a time says nothing about what is older, so the
 * merged log ends at the newest such time. Clocks of services differ, and so may the order of operations of one moment.
 */
export const mergeLogs = (logs: readonly ServiceLog[]): MergedLog => {
  const partial = logs.filter(({ nextCursor }) => nextCursor !== null)
  const end = partial.map(oldestIn).toSorted().at(-1) ?? ''
  const operations = logs
    .flatMap(({ service, items }) => items.map((item): ServiceOperation => ({ service, ...item })))
    .filter(({ at }) => at >= end)
    .toSorted((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0))
  return { operations, behind: partial.filter((log) => oldestIn(log) === end).map(({ service }) => service) }
}

/** The kept logs, and those of services that had not answered when the others were kept. */
export const withMissing = (kept: readonly ServiceLog[], live: readonly ServiceLog[]): readonly ServiceLog[] => [
  ...kept,
  ...live.filter(({ service }) => kept.every((log) => log.service !== service)),
]

/** The time of the oldest operation that has been read. Times are all in UTC, with milliseconds, so they compare as text. */
const oldestIn = ({ items }: ServiceLog): string => items.at(-1)?.at ?? ''
