/**
 * Payment: charges placed orders, and refunds cancelled ones. An order has at most one capture, which is kept or
 * refunded.
 */
import { shop } from '@quadrille/events'
import { defineService } from '@quadrille/service'
import { type Config, config } from './config.ts'
import { findHandledEvents } from './db/find-handled-events.ts'
import { findOpenTasks } from './db/find-open-tasks.ts'
import { openPaymentStore } from './db/payment-store.ts'
import { tables } from './db/tables.ts'
import { countGatewayErrors } from './gateway/count-errors.ts'
import type { Gateway } from './gateway/gateway.ts'
import { type SimulatedGatewayOptions, simulatedGateway } from './gateway/simulated/gateway.ts'
import { timedGateway } from './gateway/timed.ts'
import { getPayment } from './http/get-payment.ts'
import { postRefund } from './http/post-refund.ts'
import { watchRefusedRefunds } from './jobs/watch-refused-refunds.ts'
import { chargeCancelled, orderCancelled } from './reactions/cancellation.ts'
import { chargeDeclined, chargeSucceeded, orderPlaced } from './reactions/charge.ts'
import { refundRefused, refundRequested, refundSucceeded } from './reactions/refund.ts'
import * as restore from './reactions/restore.ts'
import { statesFromEvents } from './states-from-events.ts'
import { cancelCharge } from './tasks/cancel-charge.ts'
import { charge } from './tasks/charge.ts'
import { refund } from './tasks/refund.ts'

/** Faults that the process adds to the simulated gateway. Default: none. */
type Simulation = Pick<SimulatedGatewayOptions, 'outage'>

/** The service. Only the simulated gateway uses `simulation`. */
export const definePayment = (simulation: Simulation = {}) =>
  defineService({
    language: shop,
    model: shop.services.payment,
    config,
    migrations: new URL('../migrations/', import.meta.url),
    tables,
    statesFromEvents,
    // → the events and tasks that may follow, as the model in packages/events/src/choreography.ts says
    reactions: {
      // events of order
      OrderPlaced: orderPlaced, // → Charge, PaymentProcessed
      OrderCancelled: orderCancelled, // → CancelCharge, PaymentVoided, Refund, PaymentRefunded
      // outcomes of its tasks
      ChargeSucceeded: chargeSucceeded, // → PaymentProcessed, Refund, PaymentRefunded
      ChargeDeclined: chargeDeclined, // → PaymentDeclined
      ChargeCancelled: chargeCancelled, // → PaymentVoided
      RefundSucceeded: refundSucceeded, // → PaymentRefunded
      RefundRefused: refundRefused, // → PaymentRefundFailed
      // requests by HTTP
      RefundRequested: refundRequested, // → Refund, PaymentRefunded
      // its own events, which reconciliation delivers after a restore
      PaymentProcessed: restore.paymentProcessed,
      PaymentDeclined: restore.paymentDeclined,
      PaymentVoided: restore.paymentVoided,
      PaymentRefunded: restore.paymentRefunded,
      PaymentRefundFailed: restore.paymentRefundFailed,
    },
    wire: (context) => {
      const { database, clock, registry } = context
      const payments = openPaymentStore(database)
      const onError = countGatewayErrors(registry)
      const gateways: Readonly<Record<Config['GATEWAY'], () => Gateway>> = {
        simulated: () => simulatedGateway({ database, now: clock.now, onError, ...simulation }),
      }
      const gateway = timedGateway(gateways[context.config.GATEWAY](), registry)
      const ports = { payments, gateway }
      return {
        work: {
          'payment.tasks': {
            tasks: {
              Charge: charge(ports), // → ChargeSucceeded, ChargeDeclined
              CancelCharge: cancelCharge(ports), // → ChargeCancelled, ChargeSucceeded
              Refund: refund(ports), // → RefundSucceeded, RefundRefused
            },
            rate: context.config.GATEWAY_RATE,
          },
        },
        findOpenTasks: findOpenTasks(database),
        findHandledEvents: findHandledEvents(database),
        routes: [getPayment(database, payments), postRefund(context, payments)],
        jobs: [watchRefusedRefunds(context)],
      }
    },
  })

export const payment = definePayment()
