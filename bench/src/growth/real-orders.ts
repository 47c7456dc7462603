/** Lets the product handle real orders of each kind, and park real dead letters. */
import { randomUUID } from 'node:crypto'
import { waitUntil } from '@quadrille/testing/waiting'
import type { Client } from 'pg'
import { orderBody } from '../load/order-body.ts'
import { audit } from '../systems/audit.ts'
import { openSession, type PostgresServer } from '../systems/postgres.ts'
import { startProduct } from '../systems/product.ts'
import { type MeasuredService, mapMeasuredAsync, measuredServices } from '../systems/services.ts'
import { addStock, databaseOf, type System, setStock } from '../systems/system.ts'
import { workingTree } from '../systems/version.ts'
import { realOrders } from './stored.ts'

const form = { skus: 1, lines: 1 }
const soldOut = 'bench-sold-out'
/** Of each twenty orders one is declined, one is out of stock, and one is cancelled by the customer, while its charge takes time. */
const every = 20
const isCancelled = (number: number): boolean => number % every === 15

/**
 * Leaves the databases of all services with settled orders and parked dead letters, at rest. The product is stopped.
 * @throws if an order does not settle, or the audit finds a violation.
 */
export const makeRealOrders = async (postgres: PostgresServer): Promise<void> => {
  const system = await startProduct({ version: workingTree, postgres, instances: 1, variables: {} }, null)
  try {
    await addStock(system, ['bench-0'])
    await setStock(system, soldOut, 0)
    const numbers = Array.from({ length: realOrders }, (_, number) => number)
    await Promise.all(numbers.filter(isCancelled).map((number) => handleOrder(system, number))) // before a load delays requests
    await Promise.all(numbers.filter((number) => !isCancelled(number)).map((number) => handleOrder(system, number)))
    await onAll(postgres, async (clients) => {
      await waitUntil(() => isSettled(clients.order), { what: 'the settlement of the orders' })
      await sendFaultyMessages(clients)
      await waitUntil(() => haveLetters(clients), { what: 'a dead letter of each service' })
      await waitUntil(() => isAtRest(clients), { what: 'the end of all messages' }) // also the retry of a task that has become superfluous
    })
    const wrong = await audit(workingTree, { serverUrl: postgres.url, amqpUrl: null })
    if (wrong !== null) throw new Error(wrong)
  } catch (error) {
    await system.stop()
    throw error
  }
  await Promise.all(system.processes.map(({ child }) => child.stop()))
}

/** Connects to the databases of all services while `work` runs. */
export const onAll = async <Result>(
  postgres: PostgresServer,
  work: (clients: Readonly<Record<MeasuredService, Client>>) => Promise<Result>,
): Promise<Result> => {
  const clients = await mapMeasuredAsync(async (service) => {
    const client = await openSession(postgres.urlOf(databaseOf(service)))
    await client.query(`set timezone = 'UTC'`)
    return client
  })
  try {
    return await work(clients)
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.end()))
  }
}

/** Places an order, with an idempotency key, and cancels it if it is of that kind. */
const handleOrder = async ({ orderUrls }: System, number: number): Promise<void> => {
  const [url] = orderUrls
  const kind = number % every
  const method = { 5: 'pm_card_chargeDeclined', 15: 'pm_sim_slow' }[kind]
  const body = orderBody(number, form, method)
  const placed = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: kind === 10 ? body.replace('bench-0', soldOut) : body,
  })
  const answer = await placed.text()
  if (placed.status !== 202) throw new Error(`The response to an order was ${placed.status}: ${answer}`)
  if (!isCancelled(number)) return
  const { id } = JSON.parse(answer) as { id: string }
  const cancelled = await fetch(`${url}/orders/${id}/cancel`, { method: 'POST' })
  if (cancelled.status !== 202) throw new Error(`A cancellation was answered with ${cancelled.status}.`)
}

const isSettled = async (order: Client): Promise<boolean> => {
  const { rows } = await order.query<{ settled: number }>(
    'select count(*)::integer as settled from customer_order where settled',
  )
  return rows[0]?.settled === realOrders
}

/** Events without a required field. Together they have consumers in all services. */
const faulty: readonly { readonly service: MeasuredService; readonly type: string }[] = [
  { service: 'order', type: 'OrderCancelled' },
  { service: 'payment', type: 'PaymentProcessed' },
]

const sendFaultyMessages = async ({ order, payment }: Readonly<Record<MeasuredService, Client>>): Promise<void> => {
  const { rows } = await order.query<{ id: string }>('select id from customer_order order by id limit 5')
  for (const { service, type } of faulty) {
    const bodies = rows.map(({ id }) => faultyEvent({ service, type, orderId: id }))
    await (service === 'order' ? order : payment).query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       select (body->>'id')::uuid, body->>'type', (body->>'subject')::uuid, $1, '', body::text, now()
       from unnest($2::json[]) as body`,
      [`${service}.events`, bodies.map((body) => JSON.stringify(body))],
    )
  }
}

const faultyEvent = ({ service, type, orderId }: { service: MeasuredService; type: string; orderId: string }) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: `/${service}`,
  type,
  subject: orderId,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  correlationid: orderId,
  partitionkey: orderId,
  schemaversion: 1,
  data: { orderId },
})

const haveLetters = (clients: Readonly<Record<MeasuredService, Client>>): Promise<boolean> =>
  holdsForAll(clients, 'select exists (select from dead_letter) as holds')

const isAtRest = (clients: Readonly<Record<MeasuredService, Client>>): Promise<boolean> =>
  holdsForAll(clients, 'select not exists (select from outbox) and not exists (select from retry) as holds')

const holdsForAll = async (clients: Readonly<Record<MeasuredService, Client>>, condition: string): Promise<boolean> => {
  const results = await Promise.all(
    measuredServices.map((service) => clients[service].query<{ holds: boolean }>(condition)),
  )
  return results.every(({ rows }) => rows[0]?.holds)
}
