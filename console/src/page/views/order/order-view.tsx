/** One order: its header, its money and stock, and its history. */
import type { Order } from '../../api/types.ts'
import { shortId } from '../../format.ts'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useOrderResource } from '../../shop/use-order-resource.ts'
import { MoneyPanel } from './money-panel.tsx'
import { OrderHeader } from './order-header.tsx'
import { OrderLines } from './order-lines.tsx'
import { OrderTimeline } from './order-timeline.tsx'
import { StockPanel } from './stock-panel.tsx'

export const OrderView = ({ id }: { readonly id: string }) => {
  const inPath = encodeURIComponent(id)
  useTitle(`Order ${shortId(id)}`)
  const { body: order, error, reload } = useOrderResource<Order>(id, `/order/orders/${inPath}`)
  if (!order && error?.status === 404) return <UnknownOrder id={id} />
  return (
    <article class="order">
      {order ? <OrderHeader order={order} onChange={reload} /> : <h1>Order {shortId(id)}</h1>}
      {error && <Failure what={order ? 'The newest state of the order' : 'The order'} error={error} retry={reload} />}
      {!order && !error && <p class="loading">Loading…</p>}
      <div class="columns">
        <OrderTimeline orderId={inPath} order={order} onChange={reload} />
        <aside aria-label="Money, stock and operations">
          <MoneyPanel orderId={inPath} />
          <StockPanel orderId={inPath} />
          {order && <OrderLines order={order} />}
          <p>
            <a href={`/operations?orderId=${inPath}`}>Operations on this order</a>
          </p>
        </aside>
      </div>
    </article>
  )
}

const UnknownOrder = ({ id }: { readonly id: string }) => (
  <section class="notice">
    <h1>There is no such order</h1>
    <p>
      The order service has no order <code>{id}</code>. <a href="/">Show the orders</a>
    </p>
  </section>
)
