import { event, withVersion } from '@quadrille/messages'
import { z } from 'zod'
import { orderExample } from '../examples.ts'
import { amount, currencyCode, customer, lines, metadata, orderId, reference } from '../primitives.ts'

const v1 = z.object({ orderId, customer, currency: currencyCode, total: amount, lines })

/** Version 2 adds the shop's own reference and metadata, as in `OrderPlaced`. */
const v2 = v1.extend({ reference: reference.optional(), metadata: metadata.optional() })

export const OrderFulfilled = withVersion(
  event('OrderFulfilled', v1, {
    summary: 'the order is fulfilled: it is paid, and its stock is reserved; inventory commits the reservation',
    example: orderExample,
  }),
  v2,
  {
    up: (older) => older,
    down: ({ reference: _, metadata: __, ...older }) => older,
  },
)
