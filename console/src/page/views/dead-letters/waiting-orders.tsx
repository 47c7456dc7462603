/** The orders of replayed messages: their state now, and their further dead letters. */
import type { Order } from '../../api/types.ts'
import { Failure } from '../../parts/failure.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { OrderStatus } from '../../parts/order-status.tsx'
import { waitsFor } from '../../parts/waits-for.ts'
import { Where } from '../../parts/where.tsx'
import { type BlockingLetter, useBlockingLetters } from '../../shop/blocking-letters.ts'
import { useOrderResource } from '../../shop/use-order-resource.ts'

/** Each is read by itself. Further ones are only counted. */
const maxShown = 20
/** How often they are read, ms. */
const pollMs = 3_000

export const WaitingOrders = ({ orderIds }: { readonly orderIds: readonly string[] }) => {
  const { letters, down } = useBlockingLetters(orderIds)
  const concerned = orderIds.filter((id) => letters.has(id))
  const types = [...new Set(concerned.flatMap((id) => letters.get(id)?.map(({ type }) => type) ?? []))]
  return (
    <>
      {concerned.length > 0 && (
        <p class="alarming" role="status">
          {concerned.length === 1 ? '1 order has' : `${concerned.length} orders have`} further dead letters:{' '}
          {types.join(', ')}. <a href="/dead-letters">Show the dead letters</a>
        </p>
      )}
      {down.map(({ service, error, reload }) => (
        <Failure key={service} what={`Further dead letters of the orders in ${service}`} error={error} retry={reload} />
      ))}
      <ul class="outcomes" aria-label="The orders of the messages">
        {orderIds.slice(0, maxShown).map((id) => (
          <OrderNow key={id} id={id} letters={letters.get(id) ?? []} />
        ))}
      </ul>
      {orderIds.length > maxShown && <p class="faint">and {orderIds.length - maxShown} more orders</p>}
    </>
  )
}

interface OrderNowProps {
  readonly id: string
  readonly letters: readonly BlockingLetter[]
}

const OrderNow = ({ id, letters }: OrderNowProps) => {
  const { body: order, error, reload } = useOrderResource<Order>(id, `/order/orders/${id}`, pollMs)
  return (
    <li class="order-now">
      Order <OrderLink id={id} />
      {order && (
        <>
          <OrderStatus order={order} />
          {waitsFor(order).length > 0 && <Where order={order} />}
        </>
      )}
      {error && <Failure what={order ? 'Its newest state' : 'The order'} error={error} retry={reload} />}
      {letters.map((letter) => (
        <a key={letter.id} href={`/dead-letters/${letter.service}/${letter.id}`}>
          dead letter {letter.type} of {letter.service}
        </a>
      ))}
    </li>
  )
}
