import { batching } from '@quadrille/async'
import { type Draft, draft, newOrderId } from '@quadrille/events'
import { contentHash, type TraceContext } from '@quadrille/messages'
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
import { type LineCheck, type LineCheckOutcome, notAvailableProblem } from './check-lines.ts'
import { type OrderRequest, orderLocation, orderRequest, orderView } from './schema.ts'

/** `POST /orders`. Responds after the order and its OrderPlaced event are on disk. */
export const postOrder = (
  context: Context<Config, Draft<'OrderSubmitted'>, Order | undefined>,
  { refusal, admit }: OpenOrders,
  check: LineCheck,
) => {
  const findFirst = createFindFirst(context)
  const checkFirst = createCheckFirst(check, findFirst)
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
      const checked = await checkFirst(body.lines, idempotency, trace)
      if (typeof checked === 'object') return repeated(checked)
      const submitted = submission(body, context, idempotency)
      const placed = await admit(() => context.dispatch(draft('OrderSubmitted', submitted), trace))
      if (!placed) throw new Error(`Order ${submitted.orderId} was not placed.`)
      if (placed.id === submitted.orderId) {
        if (checked === 'unanswered') check.acceptedUnchecked()
        return { status: 202, headers: { location: locationOf(placed.id) }, body: view(placed) }
      }
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

type FindFirst = ReturnType<typeof createFindFirst>

/**
 * Checks the lines of an order, unless it was accepted before: then it returns the first response. That may also happen while inventory
 * is asked, because another request with the same key got no answer.
 * @throws {Problem} if the check rejects the order and no request with its key was accepted.
 */
const createCheckFirst =
  ({ isNeeded, run }: LineCheck, findFirst: FindFirst) =>
  async (
    lines: OrderRequest['lines'],
    idempotency: Idempotency | undefined,
    trace: TraceContext,
  ): Promise<LineCheckOutcome | IdempotencyKey> => {
    if (!isNeeded(lines)) return 'passed'
    const first = await findFirst(idempotency)
    if (first) return first
    try {
      return await run(lines, trace)
    } catch (error) {
      const accepted = error instanceof Problem ? await findFirst(idempotency) : undefined
      if (accepted) return accepted
      throw error
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
