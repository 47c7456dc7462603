/** The dead letters of an order, wherever they are. */
import type { Whereabouts } from '../../api/types.ts'
import { maxListed } from '../dead-letters/group-filter.ts'
import type { CauseGroup } from '../dead-letters/merge-groups.ts'

/** A parked message of an order. */
export interface BlockingLetter {
  readonly service: string
  readonly id: string
  /** The type of the message. */
  readonly type: string
}

/** Those that a service holds, of one of its answers about the order. */
export const lettersOf = (service: string, { waiting }: Pick<Whereabouts, 'waiting'>): BlockingLetter[] =>
  waiting.flatMap(({ deadLetterId, type }) => (deadLetterId === null ? [] : [{ service, id: deadLetterId, type }]))

/**
 * The group that has all of them. A group has no ids, so it is found only if no other one has these types of messages. Its page
 * searches the newest dead letters of the service, so it is found only if there are no others.
 *
 * @param groups all of their service
 */
export const groupOf = (
  letters: readonly Pick<BlockingLetter, 'type'>[],
  groups: readonly CauseGroup[],
): CauseGroup | undefined => {
  const [group, ...others] = groups.filter(({ types }) => letters.some(({ type }) => types.includes(type)))
  const isOnly = others.length === 0 && letters.every(({ type }) => group?.types.includes(type))
  const areListed = groups.reduce((sum, { count }) => sum + count, 0) <= maxListed
  return isOnly && areListed ? group : undefined
}
