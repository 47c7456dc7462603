/** A group of dead letters with the same failure, as an address and as a filter of the service's list. */
import type { DeadLetter, DeadLetterGroup } from '../../api/types.ts'

/** The fields that the members of a group share. */
export type GroupKey = Pick<DeadLetterGroup, 'reason' | 'type' | 'queue' | 'place'>

/** The most that are listed, tried and replayed at once: the newest. */
export const maxListed = 100

export const addressOf = (service: string, group: GroupKey): string => `/dead-letters/${service}?${parametersOf(group)}`

/** The group of an address. */
export const groupOf = (search: URLSearchParams): GroupKey => ({
  reason: search.get('reason') ?? '',
  type: search.get('type') ?? '',
  queue: search.get('queue') ?? '',
  place: search.get('place'),
})

export const routeOf = (service: string, group: GroupKey): string =>
  `/${service}/dead-letters?status=parked&limit=${maxListed}&${parametersOf(group)}`

/** The service can't filter by an empty value, so its answer may contain members of other groups. */
export const membersOf = (letters: readonly DeadLetter[], { type, place }: GroupKey): DeadLetter[] =>
  letters.filter((letter) => letter.type === type && letter.place === place)

const parametersOf = ({ reason, type, queue, place }: GroupKey): URLSearchParams => {
  const given = Object.entries({ reason, type, queue, place }).flatMap(([name, value]) =>
    value ? [[name, value]] : [],
  )
  return new URLSearchParams(given)
}
