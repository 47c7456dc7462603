import { draft } from '@quadrille/events'
import { nothingAsked } from '@quadrille/service'
import type { Ports } from './ports.ts'
import { task } from './task.ts'

/** Gives back what was captured of a cancelled order, as long as the books want this round of it. */
export const refund = ({ books, gateway }: Ports) =>
  task('Refund', async ({ orderId, gatewayReference, round }, { number: attempt }) => {
    const payment = await books.read(orderId)
    // Else it is over already, maybe by hand: then the gateway must not do it again.
    if (payment?.status !== 'refunding' || payment.round !== round) return nothingAsked
    const outcome = await gateway.refund({ reference: gatewayReference, round, attempt })
    switch (outcome.status) {
      case 'refunded':
        return draft('RefundSucceeded', { orderId, gatewayReference, round })
      case 'refused':
        return draft('RefundRefused', { orderId, gatewayReference, round, code: outcome.code })
    }
  })
