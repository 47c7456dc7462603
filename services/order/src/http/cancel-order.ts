import { type Draft, draft } from '@quadrille/events'
import {
  type Context,
  notFound,
  optionalOperatorHeaders,
  Problem,
  performRecorded,
  type Route,
  route,
} from '@quadrille/service'
import type { Config } from '../config.ts'
import { findOrder } from '../db/order-table.ts'
import { readTraces } from '../db/read-traces.ts'
import type { Order } from '../domain/order.ts'
import { view } from '../domain/view.ts'
import { cancelledOrderExample } from './examples.ts'
import { orderLocation, orderParams, orderView } from './schema.ts'

/** The expiry may have come first. Concurrent requests to cancel are one message, so each of them counts as its cause. */
const tookEffect = ({ cancellationReason }: Order): boolean => cancellationReason === 'customer'

/** `POST /orders/{id}/cancel`. A repeated request gets the same response. */
export const cancelOrder = ({
  database,
  log,
  dispatch,
}: Context<Config, Draft<'CancellationRequested'>, Order | undefined>): Route =>
  route({
    method: 'post',
    path: '/orders/{id}/cancel',
    operationId: 'cancelOrder',
    summary: 'Cancel an order',
    description:
      'Cancels an order that is not fulfilled. Payment and inventory then compensate: the payment is refunded or voided, and the stock is released. The response is the same if the order is already cancelled.',
    params: orderParams,
    headers: optionalOperatorHeaders,
    responses: {
      202: {
        description: 'The order is cancelled; compensation is in progress',
        body: orderView,
        example: cancelledOrderExample,
        headers: orderLocation,
      },
      409: { description: 'The order is fulfilled' },
    },
    handle: async ({ params: { id }, headers: { 'x-operator': operator }, trace }) => {
      const open = await findOrder(database, id)
      if (!open) throw notFound(`There is no order ${id}.`)
      const cancel = async (): Promise<Order> => {
        const traces = await readTraces({ database, log }, [id])
        const request = draft('CancellationRequested', { orderId: id, reason: 'customer' })
        const order = await dispatch(request, traces.get(id) ?? trace)
        if (order?.status === 'cancelled') return order
        throw new Problem('conflict', 'The order is fulfilled and can no longer be cancelled.')
      }
      const isOpen = open.status !== 'cancelled' && open.status !== 'fulfilled'
      const operation = { operation: 'cancel', subject: id, operator: isOpen ? operator : undefined, tookEffect }
      const order = await performRecorded({ database, log }, operation, cancel)
      return { status: 202, headers: { location: `/orders/${id}` }, body: view(order) }
    },
  })
