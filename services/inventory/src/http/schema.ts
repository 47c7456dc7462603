/** The schemas of requests and responses about stock. */
import { primitives } from '@quadrille/events'
import { z } from 'zod'
import { availableOf, type Stock } from '../domain/stock.ts'
import { stockExample } from './examples.ts'

/** The most pieces of one SKU. The table `stock` has the same bound. */
export const maxOnHand = 1_000_000_000_000

export const stockParams = z.strictObject({ sku: primitives.sku })

export const stockView = z
  .object({
    sku: primitives.sku,
    onHand: z.int().meta({ description: 'The number of pieces in stock, without those of fulfilled orders.' }),
    reserved: z.int().meta({ description: 'The number of those that are held for orders.' }),
    available: z.int().meta({ description: 'onHand − reserved: available for further orders.' }),
  })
  .meta({ title: 'Stock', description: 'The stock of one SKU.', examples: [stockExample] })

export const view = (stock: Stock): z.output<typeof stockView> => ({ ...stock, available: availableOf(stock) })
