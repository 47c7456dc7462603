/**
 * The events of an order, in the order in which they reached the order service, because the clocks of services may differ. A drawing
 * of them has its place above the list.
 */
import type { Event } from '../../api/types.ts'
import { Failure } from '../../parts/failure.tsx'
import { useResource } from '../../use-resource.ts'
import { HistoryEvent } from './history-event.tsx'

/** As the route sends it without `view=compact`. */
interface EventPage {
  readonly items: readonly Event[]
  readonly nextCursor: string | null
}

/** An order has about ten events. With more parcels or notifications than this, the newest of them are not shown. */
const limit = 100

export const History = ({ orderId }: { readonly orderId: string }) => {
  const { body, error, reload } = useResource<EventPage>(`/order/orders/${orderId}/events?order=asc&limit=${limit}`, {
    isConcerned: (orders) => orderId in orders,
  })
  return (
    <section class="history">
      <h2>History</h2>
      {error && error.status !== 404 && <Failure what="The history" error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {body?.items.length === 0 && <p class="faint">The order service has deleted the history (HISTORY_TTL).</p>}
      {body && (
        <ol>
          {body.items.map((event, _, [first = event]) => (
            <HistoryEvent key={event.id} event={event} first={first} />
          ))}
        </ol>
      )}
      {body?.nextCursor && <p class="faint">The first {limit} events are shown.</p>}
    </section>
  )
}
