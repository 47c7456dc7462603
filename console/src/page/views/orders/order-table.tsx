import type { ListedOrder } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, moneyOf, shortId, timeOf } from '../../format.ts'
import { OrderStatus } from '../../parts/order-status.tsx'
import { Where } from '../../parts/where.tsx'
import { Diagnoses } from './diagnoses.tsx'

/** The orders of a page, the newest first. A row leads to its order. */
export const OrderTable = ({ orders }: { readonly orders: readonly ListedOrder[] }) => (
  <div class="table-frame">
    <table class="orders">
      <caption class="visually-hidden">Orders, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Order</th>
          <th scope="col">Status</th>
          <th scope="col">Waits for</th>
          <th scope="col" class="wide">
            Customer
          </th>
          <th scope="col" class="wide">
            Reference
          </th>
          <th scope="col" class="number">
            Total
          </th>
          <th scope="col" class="number">
            Age
          </th>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <Row key={order.id} order={order} />
        ))}
      </tbody>
    </table>
  </div>
)

const Row = ({ order }: { readonly order: ListedOrder }) => (
  <tr>
    <th scope="row">
      <a class="id" href={`/orders/${order.id}`} title={order.id}>
        {shortId(order.id)}
      </a>
    </th>
    <td>
      <OrderStatus order={order} />
    </td>
    <td>
      {order.diagnoses && order.diagnoses.length > 0 ? (
        <Diagnoses diagnoses={order.diagnoses} />
      ) : (
        <Where order={order} />
      )}
    </td>
    <td class="wide clipped">{order.customer.id}</td>
    <td class="wide clipped">{order.reference ?? <span class="faint">–</span>}</td>
    <td class="number">{moneyOf(order.total, order.currency)}</td>
    <td class="number">
      <Age time={order.createdAt} />
    </td>
  </tr>
)

const Age = ({ time }: { readonly time: string }) => (
  <time dateTime={time} title={timeOf(time)}>
    {ageOf(time, nowMs.value)}
  </time>
)
