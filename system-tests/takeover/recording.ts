/** The recorded state of an earlier version. */
import type { ServiceName } from '@quadrille/events'
import type { Shop } from '@quadrille/shop-testing'
import type { StoredBroker } from './stored-broker.ts'
import type { StoredDatabase } from './stored-databases.ts'

export interface Recording {
  /** ISO 8601. */
  readonly recordedAt: string
  /** The ids of the orders, by their situation at that time. */
  readonly orders: Readonly<Record<string, string>>
  /** Without those of services that did not exist yet. */
  readonly databases: Readonly<Partial<Record<ServiceName, StoredDatabase>>>
  /** Null if the services ran in one process. */
  readonly broker: StoredBroker | null
}

/** No order of a recording expires. */
export const neverExpires = { ORDER_TTL: '36500d' }

/** Places an order for some mugs, and resolves to its id. */
export const placeMugs = async (shop: Shop, method: string, quantity = 1): Promise<string> => {
  const { status, body } = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity, unitPrice: 1250 }],
    payment: { method },
  })
  if (status !== 202) throw new Error(`An order was answered ${status}.`)
  return (body as { id: string }).id
}

/** Places orders with different endings, and waits until they are settled. */
export const settleOrders = async (shop: Shop): Promise<Record<string, string>> => {
  await shop.setStock({ mug: 100 })
  const orders = {
    fulfilled: await placeMugs(shop, 'pm_card_visa'),
    declined: await placeMugs(shop, 'pm_card_chargeDeclined'),
    refunded: await placeMugs(shop, 'pm_card_visa', 1_000),
  }
  for (const id of Object.values(orders)) await until(async () => (await shop.order(id)).settled)
  return orders
}

const pollEveryMs = 20
const withinMs = 60_000

/** Resolves when the condition holds. @throws after a minute. */
export const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited for more than ${withinMs} ms: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs))
  }
}
