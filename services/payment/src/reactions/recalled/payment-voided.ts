import { nothing } from '@quadrille/service'
import { reaction } from '../reaction.ts'

/** The answer to a cancellation, which these books still wait for. */
export const paymentVoided = reaction('PaymentVoided', (payment) =>
  payment?.status === 'cancelling' ? { state: { ...payment, status: 'voided' } } : nothing,
)
