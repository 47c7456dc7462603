import { notFound, route } from '@quadrille/service'
import type { Books } from '../tasks/ports.ts'
import { paymentParams, paymentSchema, toBody } from './payment-body.ts'

/** `GET /payments/{orderId}`: also of an order of which nothing but its cancellation was heard. */
export const readPaymentRoute = (books: Books) =>
  route({
    method: 'get',
    path: '/payments/{orderId}',
    operationId: 'readPayment',
    summary: 'What was captured and given back for an order',
    params: paymentParams,
    responses: { 200: { description: 'The payment', body: paymentSchema } },
    handle: async ({ params: { orderId } }) => {
      const payment = await books.read(orderId)
      if (!payment) throw notFound(`Nothing has been heard of order ${orderId} here.`)
      return { status: 200, body: toBody(payment) }
    },
  })
