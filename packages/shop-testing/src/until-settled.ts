import { setTimeout as pause } from 'node:timers/promises'
import type { Shop, ShownOrder } from './shop.ts'

const pollEveryMs = 250

/**
 * Polls the orders until each is settled. Handles refused refunds as an operator: retries some without success, and
 * finally makes all by hand.
 * @throws if they are not settled within this many seconds; default: 120. The error contains some of these orders.
 */
export const untilSettled = async (shop: Shop, orderIds: readonly string[], withinSeconds = 120): Promise<void> => {
  const deadline = Date.now() + withinSeconds * 1_000
  let open = [...orderIds]
  for (let poll = 0; open.length > 0; poll += 1) {
    const orders = await Promise.all(open.map((orderId) => shop.order(orderId)))
    const unsettled = orders.filter(({ settled }) => !settled)
    open = unsettled.map(({ id }) => id)
    if (open.length > 0 && Date.now() > deadline) throw new Error(describe(unsettled, withinSeconds))
    const refused = unsettled.filter(({ payment }) => payment.status === 'refund_failed')
    await Promise.all(refused.map(({ id }) => handleRefusedRefund(shop, id, poll)))
    if (open.length > 0) await pause(pollEveryMs)
  }
}

/** A request is refused while a retry is running. The next poll sends it again. */
const handleRefusedRefund = async (shop: Shop, orderId: string, poll: number): Promise<void> => {
  const again = poll % 3 === 0
  const request = again ? ({ manual: false } as const) : { manual: true as const, reference: `transfer-of-${orderId}` }
  const { status } = await shop.refund(orderId, request)
  if (status !== 202 && status !== 409) throw new Error(`A refund of ${orderId} was answered ${status}.`)
}

const describe = (orders: readonly ShownOrder[], withinSeconds: number): string => {
  const some = orders.slice(0, 5).map((order) => JSON.stringify(order))
  return `${orders.length} orders were not settled within ${withinSeconds} s, such as\n${some.join('\n')}`
}
