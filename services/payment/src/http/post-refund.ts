import { type Draft, draft } from '@quadrille/events'
import { visibleText } from '@quadrille/messages'
import {
  type Context,
  notFound,
  operatorHeaders,
  operatorOf,
  Problem,
  performRecorded,
  type Route,
  route,
} from '@quadrille/service'
import { z } from 'zod'
import { findTrace } from '../db/payment-table.ts'
import type { Payment } from '../domain/payment.ts'
import type { PaymentStore } from '../tasks/ports.ts'
import { refundRequestExamples, retriedRefundExample } from './examples.ts'
import { paymentParams, paymentView } from './schema.ts'
import { readView } from './view.ts'

const retry = z
  .strictObject({ manual: z.literal(false).meta({ description: 'Request the refund from the gateway again.' }) })
  .meta({ title: 'RefundRetry', description: 'Requests the refund from the gateway again.' })
const manualRefund = z
  .strictObject({
    manual: z.literal(true).meta({ description: 'Record a refund that was made by hand.' }),
    reference: visibleText(255).min(1).meta({
      description:
        'The proof of the refund, such as the number of a bank transfer. Not the number of the payment at the gateway.',
    }),
  })
  .meta({ title: 'ManualRefund', description: 'Records a refund that was made by hand.' })

const requestSchema = z.discriminatedUnion('manual', [retry, manualRefund]).meta({
  title: 'RefundRequest',
  description: 'How the refund is made.',
  examples: refundRequestExamples,
})

type RefundRequest = z.output<typeof requestSchema>

/**
 * `POST /payments/{orderId}/refund`, for a refund that the gateway refused. If two different requests are concurrent, one
 * of them is rejected. Equal ones are one request to the gateway, and each is recorded as done. The record of a refund by
 * hand can be repeated with the same reference.
 */
export const postRefund = (
  { database, log, dispatch }: Context<unknown, Draft<'RefundRequested'>, Payment | undefined>,
  payments: PaymentStore,
): Route =>
  route({
    method: 'post',
    path: '/payments/{orderId}/refund',
    operationId: 'refundPayment',
    summary: 'Retry or record a refund',
    description:
      'Only for a payment whose refund the gateway refused. Requests the refund from the gateway again, or records a refund that was made by hand. If two different requests are concurrent, one of them is rejected. The record of a refund by hand can be repeated: the same reference gets the same response, and changes nothing.',
    params: paymentParams,
    headers: operatorHeaders,
    body: requestSchema,
    responses: {
      202: { description: 'The refund is retried, or is recorded', body: paymentView, example: retriedRefundExample },
      409: { description: 'The gateway has not refused a refund of this payment' },
    },
    handle: async ({ params: { orderId }, body, trace, ...requester }) => {
      const stored = await payments.read(orderId)
      if (!stored) throw notFound(`Payment has no record of order ${orderId}.`)
      if (isRecorded(stored, body)) return { status: 202, body: await readView(database, stored) }
      if (stored.status !== 'refund_failed') throw conflictOf(stored)
      checkReference(stored, body)
      const operation = {
        operation: body.manual ? 'refund_record' : 'refund_request',
        subject: orderId,
        detail: detailOf(body),
        operator: operatorOf(requester),
      }
      const payment = await performRecorded({ database, log }, operation, async () => {
        const round = stored.round + 1
        const manual = body.manual && { manualReference: body.reference }
        const request = draft('RefundRequested', { orderId, round, ...manual })
        const found = (await dispatch(request, (await findTrace(database, orderId)) ?? trace)) ?? stored
        if (!isApplied(found, body, round)) throw conflictOf(found)
        return found
      })
      return { status: 202, body: await readView(database, payment) }
    },
  })

/** PaymentRefunded has one reference, and the one of the payment itself means a refund by the gateway. */
const checkReference = ({ gatewayReference }: Payment, request: RefundRequest): void => {
  if (!request.manual || request.reference !== gatewayReference) return
  const detail = 'must be the number of the refund, not that of the payment'
  throw new Problem('invalid-fields', `/reference ${detail}`, { errors: [{ pointer: '/reference', detail }] })
}

const detailOf = (request: RefundRequest): string =>
  request.manual ? `made by hand: ${request.reference}` : 'requested from the gateway again'

/** Whether the payment is in the state that the request asks for. */
const isApplied = (payment: Payment, request: RefundRequest, round: number): boolean =>
  request.manual ? isRecorded(payment, request) : 'round' in payment && payment.round >= round

/** Whether the request records a refund by hand that is recorded already, with the same reference. */
const isRecorded = (payment: Payment, request: RefundRequest): boolean =>
  request.manual && payment.status === 'refunded' && payment.manualReference === request.reference

const conflicts: Readonly<Partial<Record<Payment['status'], string>>> = {
  refund_failed: 'Another request for a refund came first, and the gateway has refused it. Try again.',
  refunding: 'The gateway is asked for this refund now. Do not make it by hand before its answer.',
}

const conflictOf = ({ status }: Payment): Problem =>
  new Problem(
    'conflict',
    conflicts[status] ??
      `This payment is ${status}: only a refund that the gateway refused can be retried or recorded.`,
  )
