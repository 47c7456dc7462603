/** The ways in which an order ends, by the contract of Quadrille. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitUntil } from '@quadrille/testing/waiting'
import type { Line, Shop } from './shop.ts'

export type End =
  | 'fulfilled'
  | 'not accepted (422)'
  | `cancelled (${'customer' | 'payment_declined' | 'out_of_stock' | 'expired'})`

export interface Scenario {
  readonly name: string
  readonly end: End
  /** An end that the contract permits as well. */
  readonly otherEnd?: End
  /** A method of the simulated gateway. Default: one that pays. */
  readonly method?: string
  /** Default: two SKUs, of which enough is there. */
  readonly lines?: (skus: Skus) => readonly Line[]
  /** Runs after the order was accepted. */
  readonly afterwards?: (shop: Shop, id: string) => Promise<void>
  /** Whether it takes several seconds, because calls to the gateway are repeated. */
  readonly isSlow?: boolean
}

/** Two SKUs of a scenario, of each of which `piecesOfEach` are in stock. */
export interface Skus {
  readonly first: string
  readonly second: string
}

export const piecesOfEach = 5

const both = ({ first, second }: Skus): readonly Line[] => [
  { sku: first, quantity: 1 },
  { sku: second, quantity: 2 },
]

const tooMany = ({ first, second }: Skus): readonly Line[] => [
  { sku: first, quantity: 1 },
  { sku: second, quantity: piecesOfEach + 1 },
]

export const linesOf = ({ lines = both }: Scenario, skus: Skus): readonly Line[] => lines(skus)

const cancel = async (shop: Shop, id: string): Promise<void> => {
  const status = await shop.cancel(id)
  if (status !== 202) throw new Error(`The cancellation of ${id} was answered with ${status}.`)
}

const cancelFulfilled = async (shop: Shop, id: string): Promise<void> => {
  await waitUntil(async () => (await shop.order(id)).settled, { what: `the end of the order ${id}` })
  const status = await shop.cancel(id)
  if (status !== 409) throw new Error(`The cancellation of the fulfilled order ${id} was answered with ${status}.`)
}

const refundByHand = async (shop: Shop, id: string): Promise<void> => {
  await waitUntil(async () => (await shop.payment(id))?.status === 'refund_failed', {
    what: `the failed refund of ${id}`,
  })
  if ((await shop.order(id)).settled) throw new Error(`The order ${id} is settled before its money is refunded.`)
  await shop.refundByHand(id)
}

export const scenarios: readonly Scenario[] = [
  { name: 'paid, and in stock', end: 'fulfilled' },
  {
    name: 'the same SKU on two lines',
    end: 'cancelled (out_of_stock)',
    lines: ({ first }) => [both, both].map(() => ({ sku: first, quantity: 3 })),
  },
  { name: 'declined', end: 'cancelled (payment_declined)', method: 'pm_card_chargeDeclined' },
  { name: 'one of two lines out of stock', end: 'cancelled (out_of_stock)', lines: tooMany },
  {
    name: 'an unknown SKU',
    end: 'not accepted (422)',
    otherEnd: 'cancelled (out_of_stock)', // if inventory does not answer within 150 ms
    lines: () => [{ sku: 'unknown', quantity: 1 }],
  },
  { name: 'the response to the charge is lost', end: 'fulfilled', method: 'pm_sim_timeout_then_charged' },
  { name: 'the gateway fails twice', end: 'fulfilled', method: 'pm_sim_flaky', isSlow: true },
  { name: 'the gateway is down until the order expires', end: 'cancelled (expired)', method: 'pm_sim_down' },
  { name: 'cancelled at once', end: 'cancelled (customer)', method: 'pm_sim_slow', afterwards: cancel },
  {
    name: 'cancelled while the gateway charges',
    end: 'cancelled (customer)',
    method: 'pm_sim_slow',
    afterwards: async (shop, id) => {
      await pause(500)
      await cancel(shop, id)
    },
  },
  {
    name: 'cancelled while the gateway is down',
    end: 'cancelled (customer)',
    method: 'pm_sim_down',
    afterwards: async (shop, id) => {
      await pause(500)
      await cancel(shop, id)
    },
  },
  { name: 'cancelled too late', end: 'fulfilled', afterwards: cancelFulfilled },
  {
    name: 'out of stock, and the refund fails twice',
    end: 'cancelled (out_of_stock)',
    method: 'pm_sim_refund_flaky',
    lines: tooMany,
    isSlow: true,
  },
  {
    name: 'out of stock, and an operator makes the refund',
    end: 'cancelled (out_of_stock)',
    method: 'pm_card_refundFail',
    lines: tooMany,
    afterwards: refundByHand,
  },
]
