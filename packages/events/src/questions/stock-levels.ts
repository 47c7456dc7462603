import { question } from '@quadrille/messages'
import { z } from 'zod'
import { sku } from '../primitives.ts'

/** As many as an order has lines at most. */
export const maxSkus = 1_000

/** Nothing is reserved: the levels may have changed when the answer arrives. */
export const StockLevels = question(
  'StockLevels',
  {
    asked: z.object({
      skus: z.array(sku).min(1).max(maxSkus).meta({ description: 'The SKUs that are asked about.' }),
    }),
    answer: z.object({
      levels: z
        .array(
          z
            .object({
              sku,
              available: z.int().min(0).meta({ description: 'The number of pieces that are available for orders.' }),
            })
            .meta({ title: 'StockLevel', description: 'The available pieces of one SKU.' }),
        )
        .max(maxSkus)
        .meta({ description: 'The SKUs that are in the catalog. The others are unknown.' }),
    }),
  },
  {
    summary: 'which SKUs are in the catalog, and how many pieces of each are available now',
    example: { asked: { skus: ['mug', 'vase'] }, answer: { levels: [{ sku: 'mug', available: 12 }] } },
  },
)
