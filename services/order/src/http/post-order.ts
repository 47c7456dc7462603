import { batching } from '@quadrille/async'
import { type Draft, draft, newOrderId } from '@quadrille/events'
import { contentHash } from '@quadrille/messages'
import {
  type Context,
  idempotencyHeaders,
  Problem,
  replayedHeaderDocs,
  replayedHeaders,
  route,
  unavailable,
} from '@quadrille/service'
import type { Config } from '../config.ts'
import { findKeys } from '../db/idempotency-table.ts'
import type { Order } from '../domain/order.ts'
import { type OrderView, view } from '../domain/view.ts'
import type { OpenOrders } from '../open-orders.ts'
import { type OrderRequest, orderLocation, orderRequest, orderView } from './schema.ts'

/** `POST /orders`. Responds after the order and its OrderPlaced event are on disk. */
export const postOrder = (
  context: Context<Config, Draft<'OrderSubmitted'>, Order | undefined>,
  { refusal, admit }: OpenOrders,
) => {
  const firstResponse = createFirstResponse(context)
  return route({
    method: 'post',
    path: '/orders',
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'Accepts an order. The response is sent after the order and its OrderPlaced event are on disk. From then on, the order will be either fulfilled or cancelled. Send an `Idempotency-Key`, so that a retry after a lost response places no second order.',
    body: orderRequest,
    headers: idempotencyHeaders,
    responses: {
      202: {
        description: 'The order is accepted and durable',
        body: orderView,
        headers: { ...orderLocation, ...replayedHeaderDocs },
      },
      422: { description: 'Validation failed, or the idempotency key was used for a different order' },
    },
    refusal,
    handle: async ({ body, headers, trace }) => {
      const key = headers['idempotency-key']
      const idempotency = key === undefined ? undefined : { key, requestHash: contentHash(body) }
      const submitted = submission(body, context, idempotency)
      const placed = await admit(() => context.dispatch(draft('OrderSubmitted', submitted), trace))
      if (!placed) throw new Error(`Order ${submitted.orderId} was not placed.`)
      const location = `/orders/${placed.id}`
      if (!idempotency || placed.id === submitted.orderId)
        return { status: 202, headers: { location }, body: view(placed) }
      return { status: 202, headers: { location, ...replayedHeaders }, body: await firstResponse(idempotency) }
    },
  })
}

type Idempotency = { readonly key: string; readonly requestHash: string }

const submission = (body: OrderRequest, { config, clock }: Context<Config>, idempotency: Idempotency | undefined) => {
  const now = clock.now()
  return {
    ...body,
    orderId: newOrderId(),
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + config.ORDER_TTL).toISOString(),
    ...(idempotency && { idempotency }),
  }
}

/** Reads the first response to a key. Reads that arrive while a statement runs are batched into the next one. */
const createFirstResponse = ({ database }: Context<Config>) => {
  const read = batching(async (keys: readonly string[]) => {
    const found = new Map((await findKeys(database, keys)).map((stored) => [stored.key, stored]))
    return keys.map((key) => found.get(key))
  })
  return async ({ key, requestHash }: Idempotency): Promise<OrderView> => {
    const stored = await read(key)
    if (!stored) throw unavailable('The stored response has just expired; try again.')
    if (stored.requestHash === requestHash) return stored.response
    throw new Problem(
      'idempotency-key-reused',
      'This Idempotency-Key was used for an order with different content. Use a new key.',
    )
  }
}
