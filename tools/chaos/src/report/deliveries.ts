/**
 * Whether each event in the histories has reached every service that consumes it. An order whose event was lost may expire
 * amid the faults as if it was only delayed, and then all services agree about its ending.
 */
import type { Finding, Violation } from '@quadrille/audit'
import { type ByService, choreography, mapServicesAsync, type ServiceName, serviceNames } from '@quadrille/events'
import { query } from '../world/query.ts'

/** An event in the history of an order. */
interface HistoryEvent {
  readonly id: string
  readonly orderId: string
  readonly type: string
  /** It has lines of stock. */
  readonly hasLines: boolean
}

/** At rest. Reads all histories, and the inboxes of the services. */
export const checkDeliveries = async (databases: ByService<string>): Promise<Finding> => {
  const events = await query<HistoryEvent>(
    databases.order,
    `select id, order_id as "orderId", event ->> 'type' as type,
            coalesce(json_array_length(event -> 'data' -> 'lines'), 0) > 0 as "hasLines"
     from order_event order by seq`,
  )
  const expected = (service: ServiceName) => events.filter(({ type }) => typesFor(service).includes(type))
  const missing = await mapServicesAsync(async (service) => {
    const ids = expected(service).map(({ id }) => id)
    const found = await query<{ id: string }>(
      databases[service],
      `select event.id from unnest($1::uuid[]) as event (id)
       where not exists (select 1 from inbox where inbox.id = event.id)`,
      [ids],
    )
    return new Set(found.map(({ id }) => id))
  })
  return {
    invariant: 'deliveries',
    claim: 'each event has reached every service that consumes it',
    checked: {
      events: events.length,
      deliveries: serviceNames.reduce((sum, service) => sum + expected(service).length, 0),
    },
    violations: [
      ...serviceNames.flatMap((service) =>
        expected(service)
          .filter(({ id }) => missing[service].has(id))
          .map(({ orderId, type }) => ({ subject: orderId, detail: `${type} has not reached ${service}` })),
      ),
      ...unknownReservations(events),
    ],
  }
}

const typesFor = (service: ServiceName): readonly string[] => choreography[service].consumes

/** Inventory frees only stock that it has reserved before. */
const unknownReservations = (events: readonly HistoryEvent[]): Violation[] => {
  const reserved = new Set(events.filter(({ type }) => type === 'InventoryReserved').map(({ orderId }) => orderId))
  return events
    .filter(({ type, hasLines, orderId }) => type === 'InventoryReleased' && hasLines && !reserved.has(orderId))
    .map(({ orderId }) => ({ subject: orderId, detail: 'InventoryReserved has not reached order' }))
}
