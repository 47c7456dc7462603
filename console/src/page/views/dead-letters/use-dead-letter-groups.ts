/** Reads the groups of parked dead letters of all services. */
import type { DeadLetterGroupPage } from '../../api/types.ts'
import { type Services, useServices } from '../../use-services.ts'
import { type CauseGroup, mergeGroups } from './merge-groups.ts'

export interface DeadLetterGroups extends Pick<Services<DeadLetterGroupPage>, 'down' | 'isLoading'> {
  /** The largest first. */
  readonly groups: readonly CauseGroup[]
  /** The number of dead letters in these groups. */
  readonly count: number
  /** Whether a service may have further groups, which it does not list. */
  readonly isCut: boolean
}

/** A dead letter is not an event of an order, so the groups are read at an interval, ms. The bar keeps pace with the views. */
const pollMs = 3_000

/** A service lists this many of its groups at most, the largest. */
export const maxGroups = 100

export const useDeadLetterGroups = (): DeadLetterGroups => {
  const { services, down, isLoading } = useServices<DeadLetterGroupPage>(
    (service) => `/${service}/dead-letters/groups`,
    { everyMs: pollMs },
  )
  const groups = services
    .flatMap(({ service, body }) => mergeGroups(service, body?.items ?? []))
    .toSorted((one, other) => other.count - one.count)
  const isCut = services.some(({ body }) => body?.items.length === maxGroups)
  return { groups, count: groups.reduce((sum, { count }) => sum + count, 0), isCut, down, isLoading }
}
