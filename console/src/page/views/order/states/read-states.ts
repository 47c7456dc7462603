/** Reads the states of an order before and after the events of its history, which each service folds from the events. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import { ApiError, get, post } from '../../../api/client.ts'
import type { Event, FoldedEvent, States } from '../../../api/types.ts'

/** The effect of one event in a service. */
export interface ServiceState {
  readonly service: ServiceName
  /** Undefined if the service has not handled the event, or if that is unknown. */
  readonly handled: FoldedEvent | undefined
  /** Why it is unknown. Null if it is known. */
  readonly unknown: string | null
}

/** As many as a service accepts, in pages of the order service. */
const maxEvents = 200
const pageSize = 100

/** One for each service that the shop runs. @throws {ApiError} if the history can't be read, or is too large. */
export const readStates = async (orderId: string, eventId: string, signal: AbortSignal): Promise<ServiceState[]> => {
  const events = await readHistory(orderId, signal)
  const isGiven = events.some(({ id }) => id === eventId)
  const all = await Promise.all(serviceNames.map((service) => statesIn(service, events, signal)))
  return all.flatMap((answer): ServiceState[] => {
    if (answer === null) return []
    const { service, items, incomplete } = answer
    const handled = items.find(({ id }) => id === eventId)
    const unknown = isGiven ? incomplete : `It comes after the first ${maxEvents} events.`
    return [{ service, handled, unknown: handled ? null : unknown }]
  })
}

const tooLarge = 'The states can’t be shown, because the events of this order have more than 256 kB together.'

interface Answer {
  readonly service: ServiceName
  readonly items: readonly FoldedEvent[]
  /** Why some or all of them are missing. Null if all are there. */
  readonly incomplete: string | null
}

/**
 * Null if the shop runs without the service, or if the service has no such route.
 * @throws {ApiError} if the events are too large for every service.
 */
const statesIn = async (
  service: ServiceName,
  events: readonly Event[],
  signal: AbortSignal,
): Promise<Answer | null> => {
  try {
    const { items, truncated } = await post<States>(`/${service}/states`, { body: { events }, signal })
    return { service, items, incomplete: truncated ? 'The states of the last events are too large.' : null }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 413) throw new ApiError(tooLarge, { status: 413, cause: error })
    return error.status === 404 ? null : { service, items: [], incomplete: error.message }
  }
}

interface HistoryPage {
  readonly items: readonly Event[]
  readonly nextCursor: string | null
}

/** The first events, the oldest first. */
const readHistory = async (orderId: string, signal: AbortSignal): Promise<Event[]> => {
  const events: Event[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ order: 'asc', limit: String(pageSize), ...(cursor !== null && { cursor }) })
    const answer = await get<HistoryPage>(`/order/orders/${orderId}/events?${query}`, { signal })
    events.push(...(answer?.body.items ?? []))
    cursor = answer?.body.nextCursor ?? null
  } while (cursor !== null && events.length < maxEvents)
  return events.slice(0, maxEvents)
}
