import { newEvent } from '../shop/choreography.ts'
import { port } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import { allConsume } from '../shop/rabbitmq.ts'
import { place } from '../shop/steps.ts'
import { publish, runService } from './service.ts'

await runService('shop_order', ({ pool, channel }) =>
  openFront({
    port: port(),
    accept: async (order) => {
      await pool.query(place(order))
      publish(channel, newEvent('OrderPlaced', order))
    },
    ready: () => allConsume(channel),
  }),
)
