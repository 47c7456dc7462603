import { notFound, type Route, route } from '@quadrille/service'
import type { Books } from '../tasks/ports.ts'
import { paymentParams, paymentView, view } from './schema.ts'

/** `GET /payments/{orderId}`: also of an order of which nothing but its cancellation was heard. */
export const getPayment = (books: Books): Route =>
  route({
    method: 'get',
    path: '/payments/{orderId}',
    operationId: 'getPayment',
    summary: 'Show a payment',
    description:
      'Returns how much was captured and refunded for an order. An order that was cancelled before it was charged is found too, with zeros.',
    params: paymentParams,
    responses: { 200: { description: 'The payment', body: paymentView } },
    handle: async ({ params: { orderId } }) => {
      const payment = await books.read(orderId)
      if (!payment) throw notFound(`Nothing has been heard of order ${orderId} here.`)
      return { status: 200, body: view(payment) }
    },
  })
