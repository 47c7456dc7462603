/** The group of the dead letters of an order. */
import type { BlockingLetter } from '../../shop/blocking-letters.ts'
import { maxListed } from '../dead-letters/group-filter.ts'
import type { CauseGroup } from '../dead-letters/merge-groups.ts'

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
