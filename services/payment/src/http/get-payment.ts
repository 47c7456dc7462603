import type { Database } from '@quadrille/postgres'
import { notFound, type Route, route } from '@quadrille/service'
import type { PaymentStore } from '../tasks/ports.ts'
import { paymentParams, paymentView } from './schema.ts'
import { readView } from './view.ts'

/** `GET /payments/{orderId}`. Also finds the payment of an order of which only the cancellation has arrived. */
export const getPayment = (database: Database, payments: PaymentStore): Route =>
  route({
    method: 'get',
    path: '/payments/{orderId}',
    operationId: 'getPayment',
    summary: 'Show a payment',
    description:
      'Returns how much was captured and refunded for an order, and the progress of a refund. Also returns the payment of an order that was cancelled before it was charged; its amounts are 0.',
    params: paymentParams,
    responses: { 200: { description: 'The payment', body: paymentView } },
    handle: async ({ params: { orderId } }) => {
      const payment = await payments.read(orderId)
      if (!payment) throw notFound(`Payment has no record of order ${orderId}.`)
      return { status: 200, body: await readView(database, payment) }
    },
  })
