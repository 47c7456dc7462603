/** Captures: money that the gateway has taken. It is taken into the books and announced, whatever else has happened. */
import { type DataOf, type Draft, draft } from '@quadrille/events'
import type { Captured, Unpaid } from './payment.ts'

/** Stands where a gateway's reference would: nothing was to be paid, so none was asked. */
const withoutGateway = 'none'

type Capture = Omit<DataOf<'ChargeSucceeded'>, 'orderId'>

/** The payment of an order after the gateway captured `amount`. */
export const captured = (payment: Unpaid, { amount, currency, gatewayReference }: Capture): Captured => ({
  status: 'captured',
  orderId: payment.orderId,
  amount: payment.amount,
  currency,
  gatewayReference,
  attempts: payment.attempts,
  captured: amount,
})

/** An order that costs nothing is paid at once, and no gateway hears of it. */
export const capturedNothing = (payment: Unpaid): Captured =>
  captured(payment, { amount: 0, currency: payment.currency, gatewayReference: withoutGateway })

export const processed = ({ orderId, captured, currency, gatewayReference }: Captured): Draft<'PaymentProcessed'> =>
  draft('PaymentProcessed', { orderId, amount: captured, currency, gatewayReference })
