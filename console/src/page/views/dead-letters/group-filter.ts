/** The dead letters of one cause, as an address and as a filter of the service's list. */

export interface Cause {
  readonly reason: string
  readonly place: string | null
  /** The types of the messages. A sender may give its message any type, also an empty one. */
  readonly types: readonly string[]
  /** The queue, if all have failed in one. Otherwise empty. */
  readonly queue: string
}

/** The most that are listed: the newest. Selected ones that newer ones push out of the list can still be tried and replayed. */
const maxListed = 100

export const addressOf = (service: string, cause: Cause): string => `/dead-letters/${service}?${parametersOf(cause)}`

/** The cause of an address. */
export const causeOf = (search: URLSearchParams): Cause => ({
  reason: search.get('reason') ?? '',
  place: search.get('place') || null,
  types: search.has('type') ? search.getAll('type') : [''],
  queue: search.get('queue') ?? '',
})

export const routeOf = (service: string, cause: Cause): string =>
  `/${service}/dead-letters?status=parked&limit=${maxListed}&${parametersOf(cause)}`

const parametersOf = ({ reason, place, types, queue }: Cause): URLSearchParams =>
  new URLSearchParams([
    ...(reason ? [['reason', reason]] : []),
    ['place', place ?? ''], // empty: only those without one
    ...(queue ? [['queue', queue]] : []),
    ...types.map((type) => ['type', type]),
  ])
