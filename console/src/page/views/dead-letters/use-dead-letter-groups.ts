/** Reads the groups of parked dead letters of all services. */
import { serviceNames } from '@quadrille/events/service-names'
import type { ApiError } from '../../api/client.ts'
import type { DeadLetterGroupPage } from '../../api/types.ts'
import { useResource } from '../../use-resource.ts'
import { type CauseGroup, mergeGroups } from './merge-groups.ts'

export interface DeadLetterGroups {
  /** The largest first. */
  readonly groups: readonly CauseGroup[]
  /** The number of dead letters. */
  readonly count: number
  /** The services that do not answer. */
  readonly down: readonly { readonly service: string; readonly error: ApiError; readonly reload: () => void }[]
  /** Whether a service has not answered yet. */
  readonly isLoading: boolean
}

/** A dead letter is not an event of an order, so the groups are read at an interval, ms. The bar keeps pace with the views. */
const pollMs = 3_000

export const useDeadLetterGroups = (): DeadLetterGroups => {
  const services = serviceNames.map((service) => ({
    service,
    ...useResource<DeadLetterGroupPage>(`/${service}/dead-letters/groups`, {
      isConcerned: () => false,
      everyMs: pollMs,
    }),
  }))
  const groups = services
    .flatMap(({ service, body }) => mergeGroups(service, body?.items ?? []))
    .toSorted((one, other) => other.count - one.count)
  return {
    groups,
    count: groups.reduce((sum, { count }) => sum + count, 0),
    down: services.flatMap(
      ({ service, error, reload }) => (error && error.status !== 404 ? [{ service, error, reload }] : []), // the shop may run without the service
    ),
    isLoading: services.some(({ body, error }) => !body && !error),
  }
}
