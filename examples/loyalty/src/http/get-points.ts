import { text } from '@quadrille/messages'
import type { Database } from '@quadrille/postgres'
import { type Route, route } from '@quadrille/service'
import { z } from 'zod'

/** The sum of the points for a customer's fulfilled orders; 0 without any. */
const sumPoints = async (database: Database, customerId: string): Promise<number> => {
  const rows = await database.query<{ points: number }>(
    `select coalesce(sum((state->>'points')::bigint), 0)::float as points from points where state->>'customerId' = $1`,
    [customerId],
  )
  return rows[0]?.points ?? 0
}

const customerId = text(100).min(1).meta({ description: 'The id of the customer in the shop.' })

const pointsView = z.object({ customerId, points: z.int().meta({ description: 'The sum of the points.' }) }).meta({
  title: 'Points',
  description: 'The points of a customer.',
  examples: [{ customerId: 'customer-1', points: 45 }],
})

/** `GET /points/{customerId}` */
export const getPoints = (database: Database): Route =>
  route({
    method: 'get',
    path: '/points/{customerId}',
    operationId: 'getPoints',
    summary: 'Show the points of a customer',
    description: 'Returns the sum of the points for all fulfilled orders of a customer; 0 if there are none.',
    params: z.strictObject({ customerId }),
    responses: { 200: { description: 'The points', body: pointsView } },
    handle: async ({ params: { customerId } }) => ({
      status: 200,
      body: { customerId, points: await sumPoints(database, customerId) },
    }),
  })
