/** The orders that have been open for too long: why, and what helps. */
import type { ListedOrderPage } from '../../api/types.ts'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import type { Resource } from '../../use-resource.ts'
import { StuckOrder } from './stuck-order.tsx'

export const StuckView = ({ stuck: { body, error, reload } }: { readonly stuck: Resource<ListedOrderPage> }) => {
  useTitle('Stuck')
  return (
    <>
      <h1>Stuck orders</h1>
      {error && <Failure what="The stuck orders" error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {body && body.items.length === 0 && <NothingStuck />}
      <ul class="stuck">
        {body?.items.map((order) => (
          <StuckOrder key={order.id} order={order} onChange={reload} />
        ))}
      </ul>
      {body && body.nextCursor !== null && (
        <p>
          The newest {body.items.length} are shown. <a href="/?stuck=true">List all of them</a>
        </p>
      )}
    </>
  )
}

const NothingStuck = () => (
  <section class="notice">
    <h2>No order is stuck</h2>
    <p class="faint">
      An order is listed here when it has been open for much longer than others. <a href="/">Show the orders</a>
    </p>
  </section>
)
