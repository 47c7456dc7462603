/** Reads what the timeline of an order shows, from all services. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import type { ApiError } from '../../api/client.ts'
import type { Diagnosis, Event, FailedAttempt, WhereaboutsList } from '../../api/types.ts'
import { type Resource, useResource } from '../../use-resource.ts'
import type { ServiceFacts, TimelineFacts } from './timeline/facts.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor?: string | null
}

export interface Timeline {
  /** Undefined until the history was read. */
  readonly facts: TimelineFacts | undefined
  /** True if the history has more events than are shown. */
  readonly isCut: boolean
  /** Why the history could not be read. */
  readonly error: ApiError | undefined
  readonly reload: () => void
}

/** The first events. An order has about ten, but may have a hundred parcels. */
export const maxEvents = 100

/** How often it is read again while messages may move without an event, such as to a retry, ms. */
const pollMs = 2_000

/** @param isOpen whether the order may still change. */
export const useTimelineFacts = (orderId: string, isOpen: boolean): Timeline => {
  const isConcerned = (orders: Readonly<Record<string, string>>) => orderId in orders
  const options = { isConcerned, ...(isOpen && { everyMs: pollMs }) }
  const history = useResource<Page<Event>>(`/order/orders/${orderId}/events?order=asc&limit=${maxEvents}`, {
    isConcerned,
  })
  const diagnoses = useResource<Page<Diagnosis>>(`/order/orders/${orderId}/diagnosis`, options)
  const services = serviceNames.map((service) => ({
    service,
    whereabouts: useResource<WhereaboutsList>(`/${service}/whereabouts?orderId=${orderId}`, options),
    attempts: useResource<Page<FailedAttempt>>(`/${service}/attempts?orderId=${orderId}&limit=100`, options),
  }))
  const facts = history.body && {
    events: history.body.items,
    services: services.flatMap(({ service, whereabouts, attempts }) => serviceFacts(service, whereabouts, attempts)),
    nowMs: Date.now(),
    missing: diagnoses.body?.items ?? [],
  }
  return {
    facts,
    isCut: Boolean(history.body?.nextCursor),
    error: history.error,
    reload: history.reload,
  }
}

/** Empty if the shop runs without the service. */
const serviceFacts = (
  service: ServiceName,
  { body: whereabouts, error }: Resource<WhereaboutsList>,
  attempts: Resource<Page<FailedAttempt>>,
): ServiceFacts[] => {
  if (error?.status === 404) return []
  const [found] = whereabouts?.items ?? []
  return [
    {
      service,
      unknown: (error ?? attempts.error)?.message ?? null,
      waiting: found?.waiting ?? [],
      task: found?.task ?? null,
      attempts: attempts.body?.items ?? [],
    },
  ]
}
