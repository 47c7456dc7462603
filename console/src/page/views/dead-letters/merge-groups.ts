/** The groups of one cause as one group. */
import type { DeadLetter, DeadLetterGroup } from '../../api/types.ts'
import { addressOf, type Cause } from './group-filter.ts'

/** The dead letters of a service that have one cause. */
export interface CauseGroup extends Cause, Pick<DeadLetterGroup, 'count' | 'error' | 'oldest' | 'newest'> {
  readonly service: string
  readonly address: string
}

/** The group of a dead letter. Of several with its reason, place and type, the largest. */
export const groupOf = (
  groups: readonly CauseGroup[],
  letter: Pick<DeadLetter, 'reason' | 'place' | 'type' | 'queue'>,
): CauseGroup | undefined =>
  groups.find(
    ({ reason, place, types, queue }) =>
      reason === letter.reason &&
      place === letter.place &&
      types.includes(letter.type) &&
      ['', letter.queue].includes(queue),
  )

/**
 * The largest first. Groups have one cause if they have the reason, the place and the newest error in common. The place alone
 * does not tell it, because all statements fail in the place that sends them. If errors alternate, groups split and join. A group
 * may contain other errors: a service groups by place.
 */
export const mergeGroups = (service: string, groups: readonly DeadLetterGroup[]): CauseGroup[] =>
  [...Map.groupBy(groups, ({ reason, place, error }) => JSON.stringify([reason, place, error])).values()]
    .flatMap((alike): CauseGroup[] => {
      const [first] = alike
      if (!first) return []
      const { reason, place, error } = first
      const queue = alike.every((group) => group.queue === first.queue) ? first.queue : ''
      const times = alike.flatMap(({ oldest, newest }) => [oldest, newest]).toSorted()
      const cause = { reason, place, queue, types: [...new Set(alike.map(({ type }) => type))] }
      return [
        {
          ...{ ...cause, service, error, address: addressOf(service, cause) },
          count: alike.reduce((sum, { count }) => sum + count, 0),
          oldest: times[0] ?? first.oldest,
          newest: times.at(-1) ?? first.newest,
        },
      ]
    })
    .toSorted((one, other) => other.count - one.count)
