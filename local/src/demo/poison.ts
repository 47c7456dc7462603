/** A message that its consumer can't read. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoOutcome } from '@quadrille/console/demo'
import { draft, encode, seal } from '@quadrille/events'
import { directExchange, inboxOf } from '@quadrille/messaging'
import { insertOutbox } from '@quadrille/outbox'
import { openDatabase, run } from '@quadrille/postgres'
import type { Action } from './action.ts'
import { findDeadLetter, placeOrder } from './client.ts'
import { demoCustomer } from './orders.ts'

export interface PoisonOptions {
  readonly orderUrl: string
  /** The URL of the admin endpoints of the inventory service. */
  readonly inventoryUrl: string
  /** The database of the inventory service, whose outbox takes the message. */
  readonly inventoryDatabaseUrl: string
}

/** How long the message may take to become a dead letter before the action ends without its id, ms. */
const parkedWithinMs = 5_000
const pollMs = 100

export const poisonAction = (options: PoisonOptions): Action => ({
  id: 'poison-message',
  group: 'break',
  title: 'Send a poison message',
  effect:
    'Inventory gets a PaymentProcessed whose amount is not a number. It becomes a dead letter, and the order is fulfilled without it. A replay fails again, so discard it.',
  act: () => sendPoison(options),
})

const sendPoison = async ({ orderUrl, inventoryUrl, inventoryDatabaseUrl }: PoisonOptions): Promise<DemoOutcome> => {
  const orderId = await placeOrder(orderUrl, {
    customer: demoCustomer,
    sku: 'mug',
    quantity: 2,
    method: 'pm_card_visa',
  })
  await publish(orderId, inventoryDatabaseUrl)
  const deadLetterId = await untilParked(inventoryUrl, orderId)
  return {
    text: `Inventory got a PaymentProcessed of the order ${orderId} that it can’t read.`,
    orderIds: [orderId],
    lookAt:
      deadLetterId === undefined
        ? { title: 'See the dead letters', path: '/dead-letters' }
        : { title: 'See the dead letter', path: `/dead-letters/inventory/${deadLetterId}` },
  }
}

/** The relay of inventory sends it to the service's own inbox, as it does with a replay, over either broker. */
const publish = async (orderId: string, databaseUrl: string): Promise<void> => {
  const type = 'PaymentProcessed'
  const amount = { orderId, amount: 2_500, currency: 'EUR', gatewayReference: 'demo' }
  const event = seal(draft(type, amount), { service: 'payment', now: new Date() })
  const body = JSON.stringify({ ...JSON.parse(encode(event)), data: { ...amount, amount: 'much' } })
  const to = { exchange: directExchange('inventory'), routingKey: inboxOf('inventory') }
  const message = { id: randomUUID(), type, subject: orderId, to, body, traceparent: undefined }
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'quadrille-demo',
    max: 1,
    onIdleError: () => undefined, // the statement reports it
  })
  try {
    await run(database, insertOutbox([message], { leased: 0, leaseMs: 0 }))
  } finally {
    await database.end()
  }
}

const untilParked = async (inventoryUrl: string, orderId: string): Promise<string | undefined> => {
  const deadline = performance.now() + parkedWithinMs
  for (;;) {
    const id = await findDeadLetter(inventoryUrl, orderId)
    if (id !== undefined || performance.now() > deadline) return id
    await delay(pollMs)
  }
}
