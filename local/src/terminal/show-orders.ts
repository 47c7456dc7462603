/** Shows in the terminal how orders proceed, as a part of `npm start`. */
import type { Message } from '@quadrille/events'
import type { OnCommitted } from '@quadrille/service'
import type { Part } from '../parts.ts'
import { LiveOrders } from './live-orders.ts'
import type { Terminal } from './terminal.ts'

export interface ShownOrders extends Part {
  readonly onCommitted: OnCommitted<unknown, Message>
}

/** @param consoleUrl the address of the console, as soon as it is known. */
export const showOrders = ({ print, style }: Terminal, consoleUrl: () => string | undefined): ShownOrders => {
  const pageOf = (orderId: string) => {
    const url = consoleUrl()
    return url === undefined ? undefined : `${url}/orders/${orderId}`
  }
  const orders = new LiveOrders({ print, style, pageOf, nowMs: Date.now })
  const ticks = setInterval(() => orders.tick(), 1_000)
  return {
    onCommitted: (steps) => {
      for (const { events } of steps) for (const event of events) orders.committed(event)
    },
    stop: async () => clearInterval(ticks),
  }
}
