/** The dead letters of one cause, as an address and as a filter of the service's list. */
import type { DeadLetter } from '../../api/types.ts'

export interface Cause {
  readonly reason: string
  readonly place: string | null
  /** The types of the messages. */
  readonly types: readonly string[]
  /** The queue, if all have failed in one. Otherwise empty. */
  readonly queue: string
}

/** The most that are listed: the newest. Selected ones that newer ones push out of the list can still be tried and replayed. */
export const maxListed = 100

export const addressOf = (service: string, { reason, place, types, queue }: Cause): string =>
  `/dead-letters/${service}?${parametersOf({ reason, place, queue }, types)}`

/** The cause of an address. */
export const causeOf = (search: URLSearchParams): Cause => ({
  reason: search.get('reason') ?? '',
  place: search.get('place'),
  types: search.has('type') ? search.getAll('type') : [''],
  queue: search.get('queue') ?? '',
})

/** The answer may contain others, because the service can filter only by one type, and only by what `isFilter` accepts. */
export const routeOf = (service: string, { reason, place, types, queue }: Cause): string => {
  const type = types.length === 1 ? types.filter(isFilter) : []
  return `/${service}/dead-letters?status=parked&limit=${maxListed}&${parametersOf({ reason, place, queue }, type)}`
}

/** A sender may give its message any type, also one that is empty or that no route accepts. */
const isFilter = (type: string): boolean => /^[^\p{Cc}\p{Cs}]+$/u.test(type)

/** Those of the service's answer that belong to the group. */
export const membersOf = (letters: readonly DeadLetter[], { types, place }: Cause): DeadLetter[] =>
  letters.filter((letter) => types.includes(letter.type) && letter.place === place)

const parametersOf = (fields: Omit<Cause, 'types'>, types: readonly string[]): URLSearchParams => {
  const given = Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : []))
  return new URLSearchParams([...given, ...types.flatMap((type) => (type ? [['type', type]] : []))])
}
