/** The shop in one process, on databases that are handed to it; it is stopped and started again and again. */
import type { Databases } from '@quadrille/audit'
import { inventory } from '@quadrille/inventory'
import { amqpBroker, inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { createLogger, startService } from '@quadrille/service'
import { openShop, type Shop } from '@quadrille/testing'

export interface RunningShop extends Shop {
  /** The status of a payment; null where payment has never heard of the order. */
  payment(orderId: string): Promise<string | null>
  /** Stops the order service alone. */
  stopOrder(): Promise<void>
  stop(): Promise<void>
}

const log = createLogger('fatal') // what fails here is meant to

/** Over RabbitMQ where there is a URL of one. */
export const startShop = async (databases: Databases, amqpUrl?: string): Promise<RunningShop> => {
  const onError = (err: unknown) => log.error({ err }, 'the broker')
  const broker = amqpUrl === undefined ? inProcessBroker({ onError }) : amqpBroker(amqpUrl, { onError })
  const on = (url: string) => ({ broker, log, env: { DATABASE_URL: url, PORT: '0' } })
  const [ofOrder, ofPayment, ofInventory, ofNotification] = await Promise.all([
    startService(order, on(databases.order)),
    startService(payment, on(databases.payment)),
    startService(inventory, on(databases.inventory)),
    startService(notification, on(databases.notification)),
  ])
  const shop = openShop({ order: ofOrder.url, payment: ofPayment.url, inventory: ofInventory.url })
  let orderStops: Promise<void> | undefined
  const stopOrder = () => {
    orderStops ??= ofOrder.stop()
    return orderStops
  }
  let stops: Promise<void> | undefined
  const stopAll = async () => {
    shop.close()
    await Promise.all([stopOrder(), ofPayment.stop(), ofInventory.stop(), ofNotification.stop()])
    await broker.close()
  }
  return {
    ...shop,
    payment: async (orderId) => {
      const response = await fetch(`${ofPayment.url}/payments/${orderId}`)
      return response.ok ? ((await response.json()) as { status: string }).status : null
    },
    stopOrder,
    stop: () => {
      stops ??= stopAll()
      return stops
    },
  }
}
