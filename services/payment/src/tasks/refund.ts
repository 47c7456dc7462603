import { draft } from '@quadrille/events'
import { noCallMade } from '@quadrille/service'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/** Refunds the captured amount of a cancelled order, if the payment still waits for this round. */
export const refund = ({ payments, gateway }: Ports) =>
  task('Refund', async ({ orderId, gatewayReference, round }, { number: attempt }) => {
    const payment = await payments.read(orderId)
    // the refund is complete, perhaps by hand, or in another round: the gateway must not make it
    if (payment?.status !== 'refunding' || payment.round !== round) return noCallMade
    const outcome = await gateway.refund({ reference: gatewayReference, round, attempt })
    switch (outcome.status) {
      case 'refunded':
        return draft('RefundSucceeded', { orderId, gatewayReference, round })
      case 'refused':
        return draft('RefundRefused', { orderId, gatewayReference, round, code: outcome.code })
    }
  })
