/** Starts a separate shop, places an order there, and draws its trace from the exported spans. */
import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames } from '@quadrille/events'
import { order } from '@quadrille/local/first-order'
import { type ShopProcess, startShopProcess } from '@quadrille/shop-testing'
import { drawTrace } from './draw.ts'
import { tracesOf } from './order-traces.ts'
import { openReceiver } from './receiver.ts'

const orderDeadlineMs = 60_000

const placeOrder = async (shop: ShopProcess, signal: AbortSignal): Promise<string> => {
  const [, url = ''] = await shop.untilPrinted(/curl -s (http:\S+\/orders)/)
  const headers = { 'content-type': 'application/json' }
  const place = async (): Promise<string> => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) })
    const { id } = (await response.json()) as { id: string }
    for (
      const begunMs = performance.now();
      performance.now() - begunMs < orderDeadlineMs;
      await pause(50, undefined, { signal })
    ) {
      const { notifications } = (await (await fetch(`${url}/${id}`)).json()) as { notifications: unknown[] }
      if (notifications.length === 2) return id
    }
    throw new Error(`The order took longer than ${orderDeadlineMs / 1_000} s.`)
  }
  await place() // warms up: the first order waits for connections and uncompiled code
  return place()
}

/** The trace as text. @throws if the shop does not start, the order does not end in time, or the signal aborts. */
export const traceDemoOrder = async (signal: AbortSignal): Promise<string> => {
  const receiver = await openReceiver()
  const variables = {
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0'])),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    CONSOLE: 'off',
    DEMO: 'off',
  }
  const shop = startShopProcess(variables, { signal })
  try {
    const orderId = await placeOrder(shop, signal)
    await shop.stop() // it exports its last spans
    const trace = tracesOf(receiver.spans).traces.get(orderId)
    if (!trace) throw new Error('The order has no trace.')
    return drawTrace(trace.spans)
  } finally {
    await shop.stop()
    receiver.close()
  }
}
