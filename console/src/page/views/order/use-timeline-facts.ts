/** Reads what the timeline of an order shows, from all services. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import { useEffect, useState } from 'preact/hooks'
import type { ApiError } from '../../api/client.ts'
import type { Diagnosis, Event, FailedAttemptPage, LoggedOperationPage, WhereaboutsList } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { useOrderResource } from '../../shop/use-order-resource.ts'
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
  /** Why the history, or what an open order waits for, could not be read. */
  readonly failure: { readonly what: string; readonly error: ApiError } | undefined
  /** Reads both again. */
  readonly reload: () => void
}

/** The number of events that are shown. An order has about ten, but may have a hundred parcels. */
export const maxEvents = 100

/** How often the services are asked while messages may move without an event, such as to a retry, ms. */
const busyMs = 2_000

/** The newest that are shown of each service. */
const maxOperations = 20

interface TimelineOptions {
  /** Whether the order may still change. */
  readonly isOpen: boolean
  /** Whether the last events are read instead of the first ones. */
  readonly fromEnd: boolean
}

export const useTimelineFacts = (orderId: string, { isOpen, fromEnd }: TimelineOptions): Timeline => {
  const [holds, setHolds] = useState(false)
  const everyMs = isOpen || holds ? busyMs : undefined
  const order = fromEnd ? 'desc' : 'asc'
  const history = useOrderResource<Page<Event>>(
    orderId,
    `/order/orders/${orderId}/events?order=${order}&limit=${maxEvents}`,
  )
  const diagnoses = useOrderResource<Page<Diagnosis>>(orderId, `/order/orders/${orderId}/diagnosis`, everyMs)
  const services = serviceNames.flatMap((service) => useServiceFacts(service, orderId, everyMs) ?? [])
  const holdsNow = services.some(({ waiting, task }) => waiting.length > 0 || task !== null)
  useEffect(() => setHolds(holdsNow), [holdsNow])
  const events = history.body && (fromEnd ? history.body.items.toReversed() : history.body.items)
  return {
    facts: events && {
      events,
      services,
      missing: (diagnoses.error ? undefined : diagnoses.body)?.items ?? [],
      nowMs: nowMs.value,
    },
    isCut: Boolean(history.body?.nextCursor),
    failure: failureOf(history.error, isOpen ? diagnoses.error : undefined),
    reload: () => {
      history.reload()
      diagnoses.reload()
    },
  }
}

const failureOf = (ofHistory: ApiError | undefined, ofDiagnosis: ApiError | undefined): Timeline['failure'] => {
  if (ofHistory) return { what: 'The history', error: ofHistory }
  return ofDiagnosis && { what: 'The diagnosis of the order', error: ofDiagnosis }
}

/** Undefined if the shop runs without the service. */
const useServiceFacts = (
  service: ServiceName,
  orderId: string,
  everyMs: number | undefined,
): ServiceFacts | undefined => {
  const whereaboutsPath = `/${service}/whereabouts?orderId=${orderId}`
  const attemptsPath = `/${service}/attempts?orderId=${orderId}&limit=100`
  const logPath = `/${service}/operations?orderId=${orderId}&limit=${maxOperations}`
  const { body, error } = useOrderResource<WhereaboutsList>(orderId, whereaboutsPath, everyMs)
  const attempts = useOrderResource<FailedAttemptPage>(orderId, attemptsPath, everyMs)
  const log = useOrderResource<LoggedOperationPage>(orderId, logPath, everyMs)
  if (error?.status === 404) return undefined
  const found = error ? undefined : body?.items[0] // an earlier answer may be wrong by now
  return {
    service,
    unknown: (error ?? attempts.error ?? log.error)?.message ?? null,
    waiting: found?.waiting ?? [],
    task: found?.task ?? null,
    attempts: attempts.body?.items ?? [],
    operations: log.body?.items ?? [],
  }
}
