import type { Order } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, moneyOf, timeOf } from '../../format.ts'
import { Fact } from '../../parts/fact.tsx'
import { OrderStatus } from '../../parts/order-status.tsx'
import { Where } from '../../parts/where.tsx'
import { CancelOrder } from './cancel-order.tsx'
import { Dispatched } from './dispatched.tsx'
import { Expiry } from './expiry.tsx'

interface OrderHeaderProps {
  readonly order: Order
  /** Called when the order was changed from here. */
  readonly onChange: () => void
}

export const OrderHeader = ({ order, onChange }: OrderHeaderProps) => {
  const isOpen = order.status === 'placed' || order.status === 'paid'
  return (
    <header>
      <div class="title">
        <h1>
          Order <span class="id">{order.id}</span>
        </h1>
        <CancelOrder order={order} onChange={onChange} />
      </div>
      <dl class="facts">
        <Fact name="Status">
          <OrderStatus order={order} />
        </Fact>
        <Fact name="Waits for">
          <Where order={order} />
        </Fact>
        {isOpen && <Expiry orderId={order.id} />}
        {order.status === 'fulfilled' && <Dispatched order={order} />}
        <Fact name="Total">{moneyOf(order.total, order.currency)}</Fact>
        <Fact name="Customer">
          <a href={`/?customerId=${encodeURIComponent(order.customer.id)}`}>{order.customer.id}</a>
          <span class="faint"> {order.customer.email}</span>
        </Fact>
        <Fact name="Reference">
          {order.reference === null ? (
            <span class="faint">–</span>
          ) : (
            <a href={`/?reference=${encodeURIComponent(order.reference)}`}>{order.reference}</a>
          )}
        </Fact>
        <Fact name="Placed">
          <time dateTime={order.createdAt}>{timeOf(order.createdAt)}</time>
          <span class="faint"> {ageOf(order.createdAt, nowMs.value)} ago</span>
          <p class="note">
            changed <time dateTime={order.updatedAt}>{timeOf(order.updatedAt)}</time>
          </p>
        </Fact>
      </dl>
    </header>
  )
}
