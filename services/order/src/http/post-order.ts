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
import { findKeys, type IdempotencyKey } from '../db/idempotency-table.ts'
import type { Order } from '../domain/order.ts'
import { view } from '../domain/view.ts'
import type { OpenOrders } from '../open-orders.ts'
import { type LineCheck, notAvailableProblem } from './check-lines.ts'
import { type OrderRequest, orderLocation, orderRequest, orderView } from './schema.ts'

/** `POST /orders`. Responds after the order and its OrderPlaced event are on disk. */
export const postOrder = (
  context: Context<Config, Draft<'OrderSubmitted'>, Order | undefined>,
  { refusal, admit }: OpenOrders,
  check: LineCheck,
) => {
  const findFirst = createFindFirst(context)
  return route({
    method: 'post',
    path: '/orders',
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'Accepts an order. The response is sent after the order and its OrderPlaced event are on disk. From then on, the order will be either fulfilled or cancelled. Send an `Idempotency-Key`, so that a retry after a lost response places no second order. The service may first ask the inventory service whether it knows the SKUs (`ORDER_CHECK`).',
    body: orderRequest,
    headers: idempotencyHeaders,
    responses: {
      202: {
        description: 'The order is accepted and durable',
        body: orderView,
        headers: { ...orderLocation, ...replayedHeaderDocs },
      },
      409: { description: 'With `ORDER_CHECK=stock`: too few pieces are available', body: notAvailableProblem },
      422: {
        description:
          'Validation failed, a SKU is not in the catalog, or the idempotency key was used for a different order',
      },
    },
    refusal,
    handle: async ({ body, headers, trace }) => {
      const idempotency = idempotencyOf(body, headers['idempotency-key'])
      if (check.isNeeded(body.lines)) {
        const first = await findFirst(idempotency)
        if (first) return repeated(first)
        await check.run(body.lines, trace)
      }
      const submitted = submission(body, context, idempotency)
      const placed = await admit(() => context.dispatch(draft('OrderSubmitted', submitted), trace))
      if (!placed) throw new Error(`Order ${submitted.orderId} was not placed.`)
      if (placed.id === submitted.orderId)
        return { status: 202, headers: { location: locationOf(placed.id) }, body: view(placed) }
      const first = await findFirst(idempotency)
      if (!first) throw unavailable('The stored response has just expired; try again.')
      return repeated(first)
    },
  })
}

const locationOf = (orderId: string): string => `/orders/${orderId}`

/** The first response to an idempotency key. */
const repeated = ({ orderId, response }: IdempotencyKey) =>
  ({ status: 202, headers: { location: locationOf(orderId), ...replayedHeaders }, body: response }) as const

type Idempotency = { readonly key: string; readonly requestHash: string }

const idempotencyOf = (body: OrderRequest, key: string | undefined): Idempotency | undefined =>
  key === undefined ? undefined : { key, requestHash: contentHash(body) }

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

/**
 * Finds the stored first response to a key. Reads that arrive while a statement runs are batched into the next one.
 * @throws {Problem} 422 if the key was used for another order.
 */
const createFindFirst = ({ database }: Context<Config>) => {
  const read = batching(async (keys: readonly string[]) => {
    const found = new Map((await findKeys(database, keys)).map((stored) => [stored.key, stored]))
    return keys.map((key) => found.get(key))
  })
  return async (used: Idempotency | undefined): Promise<IdempotencyKey | undefined> => {
    const stored = used && (await read(used.key))
    if (!stored || stored.requestHash === used.requestHash) return stored
    throw new Problem(
      'idempotency-key-reused',
      'This Idempotency-Key was used for an order with different content. Use a new key.',
    )
  }
}
