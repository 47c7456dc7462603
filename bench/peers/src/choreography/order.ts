import { newEvent } from '../shop/choreography.ts'
import { port } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import { allConsume } from '../shop/rabbitmq.ts'
import { place } from '../shop/steps.ts'
import { inTransaction } from '../shop/transaction.ts'
import { runService } from './service.ts'

await runService('shop_order', ({ pool, outbox, channel }) =>
  openFront({
    port: port(),
    accept: async (order) => {
      const placed = newEvent('OrderPlaced', order)
      await inTransaction(pool, async (client) => {
        await client.query(place(order))
        await client.query(outbox.insert(placed))
      })
      outbox.wakeRelay()
    },
    ready: () => allConsume(channel),
  }),
)
