/** A console in front of a shop, for the tests of one file. */
import type { RunningConsole } from '@quadrille/console/server'
import { openShop, type Shop } from '@quadrille/shop-testing'
import type {} from '@quadrille/testing' // types of inject()
import { afterAll, beforeAll, expect, inject } from 'vitest'
import type { System } from '../systems.ts'
import { startConsoleFor } from './console.ts'

interface Stoppable extends Pick<System, 'urls'> {
  stop(): Promise<unknown>
  /** Deletes its data. */
  drop(): Promise<void>
}

interface OrderDetails {
  /** Its id. Default: ada. */
  readonly customer?: string
  /** Default: one that is accepted. */
  readonly method?: string
  /** Default: mug. */
  readonly sku?: string
}

/** `start` gets the URL of a Postgres server, and `stock` is on hand in the shop that it starts. */
export const useConsole = <Started extends Stoppable>(
  start: (postgresUrl: string) => Promise<Started>,
  stock: Readonly<Record<string, number>>,
) => {
  let system: Started
  let shop: Shop
  let console_: RunningConsole
  beforeAll(async () => {
    system = await start(inject('postgresUrl'))
    shop = openShop(system.urls)
    console_ = await startConsoleFor(system)
    await shop.setStock(stock)
  })
  afterAll(async () => {
    await console_.stop()
    shop.close()
    await system.stop()
    await system.drop()
  })
  return {
    get system() {
      return system
    },
    get shop() {
      return shop
    },
    /** The URL of the console. */
    get url() {
      return console_.url
    },
    /** Places an order of two items at €12.50, and resolves to its id. */
    place: async ({ customer = 'ada', method = 'pm_card_visa', sku = 'mug' }: OrderDetails = {}): Promise<string> => {
      const { status, body } = await shop.place({
        customer: { id: customer, email: 'ada@example.com' },
        currency: 'EUR',
        lines: [{ sku, quantity: 2, unitPrice: 1_250 }],
        payment: { method },
      })
      expect(status).toBe(202)
      return (body as { readonly id: string }).id
    },
  }
}
