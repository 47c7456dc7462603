/** The HTTP side of the workflow's program. */
import { setTimeout as pause } from 'node:timers/promises'
import { DBOS } from '@dbos-inc/dbos-sdk'
import type { Database } from '@quadrille/postgres'
import type { Answer } from '../shop/front.ts'
import { type Order, readOrder } from './order.ts'
import type { OrderStatus } from './store.ts'
import type { Instruction } from './workflow.ts'

/** Answers a request whose path matches. `id` is the part of the path in parentheses. */
type Route = readonly [method: string, path: RegExp, handle: (id: string, body: string) => Promise<Answer>]

export interface RouteOptions {
  readonly database: Database
  readonly handleOrder: (order: Order) => Promise<void>
  /** How long an order may stay unpaid, ms. */
  readonly ttlMs: number
}

interface OrderRow {
  readonly status: OrderStatus
  readonly settled: boolean
  readonly reason: string | null
}

const notFound: Answer = { status: 404, body: {} }

export const routes = ({ database, handleOrder, ttlMs }: RouteOptions): readonly Route[] => {
  const isKnown = knownSkus(database)

  const placeOrder = async (json: string): Promise<Answer> => {
    const order = readOrder(json, ttlMs)
    if (!(await isKnown(order))) return { status: 422, body: { title: 'An item is not in the catalog.' } }
    await DBOS.startWorkflow(handleOrder, { workflowID: order.id })(order)
    return { status: 202, body: { id: order.id } }
  }

  /** The first step of a workflow stores its order, so a request right after the acceptance may come before it. */
  const readOrderRow = async (id: string): Promise<OrderRow | undefined> => {
    for (; ; await pause(20)) {
      const text = 'select status, settled, reason from customer_order where id = $1'
      const [order] = await database.query<OrderRow>(text, [id])
      if (order || !(await DBOS.getWorkflowStatus(id))) return order
    }
  }

  /** The row of the order decides whether a cancellation or the fulfilment came first. The message only wakes the workflow. */
  const cancelOrder = async (id: string): Promise<Answer> => {
    if (!(await readOrderRow(id))) return notFound
    const [cancelled] = await database.query(
      `update customer_order set status = 'cancelled', reason = coalesce(reason, 'customer'), updated_at = now()
       where id = $1 and status <> 'fulfilled' returning id`,
      [id],
    )
    if (!cancelled) return { status: 409, body: { title: 'The order is fulfilled.' } }
    await DBOS.send(id, 'customer', 'cancelled')
    return { status: 202, body: { id } }
  }

  return [
    ['POST', /^\/orders$/, (_, body) => placeOrder(body)],
    ['POST', /^\/orders\/([\w-]+)\/cancel$/, cancelOrder],
    [
      'GET',
      /^\/orders\/([\w-]+)$/,
      async (id) => {
        const order = await readOrderRow(id)
        return order
          ? { status: 200, body: { ...order, cancellation: order.reason && { reason: order.reason } } }
          : notFound
      },
    ],
    ['GET', /^\/orders\/([\w-]+)\/steps$/, async (id) => ({ status: 200, body: await stepsOf(id) })],
    ['GET', /^\/payments\/([\w-]+)$/, (id) => found(database, 'select * from payment where order_id = $1', id)],
    ['POST', /^\/payments\/([\w-]+)\/refund$/, (id, body) => instruct(database, id, JSON.parse(body))],
    [
      'GET',
      /^\/stock\/([\w-]+)$/,
      (sku) => found(database, 'select on_hand as "onHand", reserved from stock where sku = $1', sku),
    ],
    ['PUT', /^\/stock\/([\w-]+)$/, (sku, body) => setStock(database, sku, JSON.parse(body).onHand)],
    ['GET', /^\/health\/ready$/, async () => ({ status: 200, body: { status: 'ready' } })],
  ]
}

/** The workflow as DBOS shows it. The result of each step is the outcome that it returned. */
const stepsOf = async (id: string) => ({
  workflow: await DBOS.getWorkflowStatus(id),
  steps: await DBOS.listWorkflowSteps(id),
})

/** Hands an operator's instruction to a workflow that waits for it. */
const instruct = async (database: Database, id: string, instruction: Instruction): Promise<Answer> => {
  const text = `select order_id from payment where order_id = $1 and status = 'refund_failed'`
  if ((await database.query(text, [id])).length === 0)
    return { status: 409, body: { title: 'The gateway has not refused a refund of this payment.' } }
  await DBOS.send(id, instruction, 'refund')
  return { status: 202, body: {} }
}

const found = async (database: Database, text: string, key: string): Promise<Answer> => {
  const [row] = await database.query<object>(text, [key])
  return row ? { status: 200, body: row } : notFound
}

const setStock = async (database: Database, sku: string, onHand: number): Promise<Answer> => {
  await database.query(
    `insert into stock as old (sku, received, on_hand) values ($1, $2::bigint, $2::bigint)
     on conflict (sku) do update set received = old.received + $2::bigint - old.on_hand, on_hand = $2::bigint`,
    [sku, onHand],
  )
  return { status: 200, body: { sku, onHand } }
}

/** Whether all SKUs of an order are in the catalog. Known ones are not looked up again, as in Quadrille. */
const knownSkus = (database: Database) => {
  const known = new Set<string>()
  return async ({ lines }: Order): Promise<boolean> => {
    const fresh = [...new Set(lines.map(({ sku }) => sku))].filter((sku) => !known.has(sku))
    if (fresh.length === 0) return true
    const rows = await database.query<{ sku: string }>('select sku from stock where sku = any($1)', [fresh])
    for (const { sku } of rows) known.add(sku)
    return rows.length === fresh.length
  }
}
