/** Reads the groups of parked dead letters of all services. */
import type { DeadLetterGroupPage } from '../../api/types.ts'
import { type Services, useServices } from '../../use-services.ts'
import { type CauseGroup, mergeGroups } from './merge-groups.ts'

export interface DeadLetterGroups extends Pick<Services<DeadLetterGroupPage>, 'down' | 'isLoading'> {
  /** The largest first. */
  readonly groups: readonly CauseGroup[]
  /** The number of dead letters. */
  readonly count: number
}

/** A dead letter is not an event of an order, so the groups are read at an interval, ms. The bar keeps pace with the views. */
const pollMs = 3_000

export const useDeadLetterGroups = (): DeadLetterGroups => {
  const { services, down, isLoading } = useServices<DeadLetterGroupPage>(
    (service) => `/${service}/dead-letters/groups`,
    { everyMs: pollMs },
  )
  const groups = services
    .flatMap(({ service, body }) => mergeGroups(service, body?.items ?? []))
    .toSorted((one, other) => other.count - one.count)
  return { groups, count: groups.reduce((sum, { count }) => sum + count, 0), down, isLoading }
}
