import { nothing } from '@quadrille/service'
import { isPaid } from '../../domain/payment.ts'
import { refunded } from '../../domain/refund.ts'
import { reaction } from '../reaction.ts'

/** A refund that these books have lost, by the gateway or by hand: what is back must not be given back again. */
export const paymentRefunded = reaction('PaymentRefunded', (payment, { data: { orderId, gatewayReference } }) => {
  if (!payment || !isPaid(payment)) throw new Error(`Order ${orderId} was refunded, but no capture of it is known.`)
  if (payment.status === 'refunded') return nothing
  const byGateway = gatewayReference === payment.gatewayReference
  const round = 'round' in payment ? payment.round : firstRound(payment.captured)
  const { state } = refunded(payment, { round, manualReference: byGateway ? null : gatewayReference })
  return { state }
})

/** Nothing to give back takes no round. */
const firstRound = (captured: number): number => (captured === 0 ? 0 : 1)
