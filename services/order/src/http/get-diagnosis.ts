import { catalog, type MessageType } from '@quadrille/events'
import { type Context, notFound, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { findOrder } from '../db/order-table.ts'
import { answeringServices } from '../domain/pending-answers.ts'
import { diagnose } from '../stuck/diagnose.ts'
import { location } from '../stuck/location.ts'
import { diagnosisSources } from '../stuck/sources.ts'
import { orderParams } from './schema.ts'

const type = z.enum(Object.keys(catalog) as [MessageType, ...MessageType[]]) // `Object.keys` returns `string[]`

const time = z.iso.datetime().nullable()

const example = {
  missing: ['PaymentProcessed' as const, 'PaymentDeclined' as const],
  owedBy: 'payment' as const,
  since: '2026-11-26T18:51:00.000Z',
  where: {
    service: 'payment',
    place: 'retry' as const,
    messageId: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10',
    type: 'Charge',
    queue: 'payment.tasks',
    attempts: 2,
    error: 'The gateway did not answer in time.',
    since: '2026-11-26T18:51:00.020Z',
    at: '2026-11-26T18:51:06.020Z',
    deadLetterId: null,
  },
  remedy: null,
}

export const diagnosis = z
  .object({
    missing: z.array(type).meta({ description: 'The order waits for one of these events.' }),
    owedBy: z.enum(answeringServices).meta({ description: 'The service that must publish one of them.' }),
    since: time.meta({
      description:
        'When the event occurred that this service must answer; null if the history lacks it or cannot be read.',
    }),
    where: location,
    remedy: z
      .string()
      .nullable()
      .meta({ description: 'The action that an operator must take; null if none is needed.' }),
  })
  .meta({ title: 'Diagnosis', description: 'One answer that an order waits for.', examples: [example] })

const diagnoses = z
  .object({
    items: z.array(diagnosis).meta({
      description: 'One item for each answer; none for a settled order, unless a late capture must still be refunded.',
    }),
  })
  .meta({ title: 'Diagnoses', description: 'The answers that an order waits for.', examples: [{ items: [example] }] })

/** `GET /orders/{id}/diagnosis`: of any open order, also of one that is not overdue. */
export const getDiagnosis = (context: Context<Config>): Route => {
  const sources = diagnosisSources(context)
  return route({
    method: 'get',
    path: '/orders/{id}/diagnosis',
    operationId: 'diagnoseOrder',
    summary: 'Show what an order waits for',
    description:
      'Returns the events that an open order waits for, the service that must publish them, since when, and where the message is that it waits for. A service that does not answer within 2 s has the place `unknown`, with the reason.',
    params: orderParams,
    responses: { 200: { description: 'The diagnoses', body: diagnoses } },
    handle: async ({ params: { id } }) => {
      const order = await findOrder(context.database, id)
      if (!order) throw notFound(`There is no order ${id}.`)
      const [items = []] = await diagnose([order], sources)
      return { status: 200, body: { items } }
    },
  })
}
