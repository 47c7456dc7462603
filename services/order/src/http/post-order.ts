import { type Draft, draft, newOrderId } from '@quadrille/events'
import { contentHash, type TraceContext } from '@quadrille/messages'
import {
  type Context,
  idempotencyHeaders,
  Problem,
  replayedHeaderDocs,
  replayedHeaders,
  responseExpired,
  route,
} from '@quadrille/service'
import type { Config } from '../config.ts'
import type { FirstResponse } from '../db/idempotency-table.ts'
import type { Order } from '../domain/order.ts'
import { view } from '../domain/view.ts'
import type { OrderLimit } from '../order-limit.ts'
import { type LineCheck, type LineCheckOutcome, notAvailableProblem } from './check-lines.ts'
import { createFirstResponses, type FirstResponses, type Idempotency } from './first-responses.ts'
import { type OrderRequest, orderLocation, orderRequest, orderView } from './schema.ts'

/** `POST /orders`. Responds after the order and its OrderPlaced event are on disk. */
export const postOrder = (
  context: Context<Config, Draft<'OrderSubmitted'>, Order | undefined>,
  { refusal, admit }: Pick<OrderLimit, 'refusal' | 'admit'>,
  check: LineCheck,
) => {
  const firstResponses = createFirstResponses(context.database)
  const checkFirst = createCheckFirst(check, firstResponses)
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
      if (checked.outcome === 'repeated') return repeated(checked.first)
      const submitted = submission(body, context, idempotency)
      const place = () => admit(() => context.dispatch(draft('OrderSubmitted', submitted), trace))
      const placed = await firstResponses.placing(idempotency, place)
      if (!placed) throw new Error(`Order ${submitted.orderId} was not placed.`)
      if (placed.id === submitted.orderId) {
        if (checked.outcome === 'unanswered') check.acceptedUnchecked()
        return { status: 202, headers: { location: locationOf(placed.id) }, body: view(placed) }
      }
      const first = await firstResponses.find(idempotency)
      if (!first) throw responseExpired()
      return repeated(first)
    },
  })
}

const locationOf = (orderId: string): string => `/orders/${orderId}`

const repeated = ({ orderId, response }: FirstResponse) =>
  ({ status: 202, headers: { location: locationOf(orderId), ...replayedHeaders }, body: response }) as const

const idempotencyOf = (body: OrderRequest, key: string | undefined): Idempotency | undefined =>
  key === undefined ? undefined : { key, requestHash: contentHash(body) }

/** The id has the database's time, as the scan of the open orders has. */
export const submission = (
  body: OrderRequest,
  { config, clock }: Pick<Context<Pick<Config, 'ORDER_TTL'>>, 'config' | 'clock'>,
  idempotency: Idempotency | undefined,
) => {
  const now = clock.now()
  return {
    ...body,
    orderId: newOrderId(now.getTime()),
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + config.ORDER_TTL).toISOString(),
    ...(idempotency && { idempotency }),
  }
}

/** `repeated`: an order was accepted under the same key before. */
type Checked = { readonly outcome: LineCheckOutcome } | { readonly outcome: 'repeated'; readonly first: FirstResponse }

/**
 * Checks the lines of an order, unless it was accepted before: then it returns the first response. That may also happen while inventory
 * is asked, because another request with the same key got no answer. If this instance is still storing that order, the check waits for
 * it. An order whose transaction another instance has not begun is not seen: the request is then rejected as if it had come first.
 * @throws {Problem} if the check rejects the order and no request with its key was accepted, or if another instance is storing one.
 */
const createCheckFirst =
  ({ isNeeded, run }: LineCheck, { find, findPlaced }: FirstResponses) =>
  async (lines: OrderRequest['lines'], idempotency: Idempotency | undefined, trace: TraceContext): Promise<Checked> => {
    if (!isNeeded(lines)) return { outcome: 'passed' }
    const first = await find(idempotency)
    if (first) return { outcome: 'repeated', first }
    try {
      return { outcome: await run(lines, trace) }
    } catch (error) {
      const accepted = error instanceof Problem ? await findPlaced(idempotency) : undefined
      if (accepted) return { outcome: 'repeated', first: accepted }
      throw error
    }
  }
