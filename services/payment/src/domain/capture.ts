/** Captures: money that the gateway has taken. Every capture is stored and published, in every state of the payment. */
import { type DataOf, type Draft, draft } from '@quadrille/events'
import type { Captured, WithoutCapture } from './payment.ts'
import { noReference } from './reference.ts'

type Capture = Omit<DataOf<'ChargeSucceeded'>, 'orderId'>

/** The payment of an order after the gateway captured `amount`. */
export const toCaptured = (payment: WithoutCapture, { amount, currency, gatewayReference }: Capture): Captured => ({
  status: 'captured',
  orderId: payment.orderId,
  amount: payment.amount,
  currency,
  gatewayReference,
  attempts: payment.attempts,
  captured: amount,
})

/** Captures an order with a total of 0 at once, without a call to the gateway. */
export const captureZeroTotal = (payment: WithoutCapture): Captured =>
  toCaptured(payment, { amount: 0, currency: payment.currency, gatewayReference: noReference })

export const draftPaymentProcessed = ({
  orderId,
  captured,
  currency,
  gatewayReference,
}: Captured): Draft<'PaymentProcessed'> =>
  draft('PaymentProcessed', { orderId, amount: captured, currency, gatewayReference })
