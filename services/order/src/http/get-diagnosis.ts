import { type Context, notFound, type Route, route } from '@quadrille/service'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { findOrder } from '../db/order-table.ts'
import { diagnose } from '../stuck/diagnose.ts'
import { diagnosis, diagnosisExample } from '../stuck/diagnosis.ts'
import { diagnosisSources } from '../stuck/sources.ts'
import { orderParams } from './schema.ts'

const diagnoses = z
  .object({
    items: z.array(diagnosis).meta({
      description: 'One item for each answer; none for a settled order, unless a late capture must still be refunded.',
    }),
  })
  .meta({
    title: 'Diagnoses',
    description: 'The answers that an order waits for.',
    examples: [{ items: [diagnosisExample] }],
  })

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
