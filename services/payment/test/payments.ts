/** Payments in every state, and messages about them: one order of 45.00 euros. */
import { newOrderId } from '@quadrille/events'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import type {
  Cancelling,
  Captured,
  Declined,
  Pending,
  Refunded,
  RefundFailed,
  Refunding,
  Voided,
} from '../src/domain/payment.ts'

export const orderId = newOrderId()
const gatewayReference = 'sim_1'
export const money = { orderId, amount: 4_500, currency: 'EUR' }
export const atGateway = { orderId, gatewayReference }

export const messages = {
  placed: aMessage('OrderPlaced', aPlacedOrder(orderId)),
  cancelled: aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' }),
  chargeSucceeded: aMessage('ChargeSucceeded', { ...money, gatewayReference }),
  chargeDeclined: aMessage('ChargeDeclined', { ...atGateway, code: 'generic_decline' }),
  chargeCancelled: aMessage('ChargeCancelled', atGateway),
  refundSucceeded: aMessage('RefundSucceeded', { ...atGateway, round: 1 }),
  refundRefused: aMessage('RefundRefused', { ...atGateway, round: 1, code: 'card_gone' }),
  refundRequested: aMessage('RefundRequested', { orderId, round: 2 }),
  refundedByHand: aMessage('RefundRequested', { orderId, round: 2, manualReference: 'bank-transfer-7' }),
}

const asked = { ...money, gatewayReference, attempts: 1 }
const taken = { ...asked, captured: 4_500 }

export const pending: Pending = { ...asked, status: 'pending' }
export const notBegun: Pending = { ...asked, gatewayReference: null, attempts: 0, status: 'pending' }
export const cancelling: Cancelling = { ...asked, status: 'cancelling' }
export const voided: Voided = { ...asked, status: 'voided' }
export const tombstone: Cancelling = { ...asked, gatewayReference: null, attempts: 0, status: 'cancelling' }
export const declined: Declined = { ...asked, status: 'declined', cancelled: false, code: 'generic_decline' }
export const declinedAndCancelled: Declined = { ...declined, cancelled: true }
export const captured: Captured = { ...taken, status: 'captured' }
export const refunding: Refunding = { ...taken, status: 'refunding', round: 1 }
export const refundFailed: RefundFailed = { ...taken, status: 'refund_failed', round: 1, code: 'card_gone' }
export const refunded: Refunded = { ...taken, status: 'refunded', round: 1, manualReference: null }
export const refundedByHand: Refunded = { ...refunded, manualReference: 'bank-transfer-7' }
