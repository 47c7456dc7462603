/** Many orders at once. */
import { limitConcurrency } from '@quadrille/async'
import { Problem } from '@quadrille/service'
import type { Action } from './action.ts'
import { placeOrder, Refused } from './client.ts'

const count = 500
/** The requests in progress. */
const concurrency = 50
/** The customer of these orders, by which the console lists them. */
const customer = 'burst'

/** A burst, one at a time. @param orderUrl of the order service. */
export const burstAction = (orderUrl: string): Action => {
  let isRunning = false
  return {
    id: 'burst',
    group: 'break',
    title: `Send a burst of ${count} orders`,
    effect: `${count} orders arrive at once. The queues fill up, and the services work them off.`,
    isAvailable: () => !isRunning,
    act: async () => {
      if (isRunning) throw new Problem('conflict', 'The last burst is still being sent.')
      isRunning = true
      try {
        return outcomeOf(await sendBurst(orderUrl))
      } finally {
        isRunning = false
      }
    },
  }
}

interface Burst {
  readonly orderIds: readonly string[]
  /** Why the others were not accepted, such as the limit of open orders, or got no answer. */
  readonly faults: readonly string[]
  readonly seconds: number
}

/**
 * A refusal is a result: the order service bounds how many orders are open. So is a missing answer, unless no order was accepted.
 */
const sendBurst = async (orderUrl: string): Promise<Burst> => {
  const startMs = performance.now()
  const limit = limitConcurrency(concurrency)
  const order = { customer, sku: 'mug', quantity: 1, method: 'pm_card_visa' }
  const answers = await Promise.allSettled(
    Array.from({ length: count }, () => limit(() => placeOrder(orderUrl, order))),
  )
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  const orderIds = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const unanswered = errors.find((error) => !(error instanceof Refused))
  if (unanswered !== undefined && orderIds.length === 0) throw unanswered
  return {
    orderIds,
    faults: errors.map((error) => (error instanceof Error ? error.message : String(error))),
    seconds: (performance.now() - startMs) / 1_000,
  }
}

const outcomeOf = ({ orderIds, faults, seconds }: Burst) => {
  const [fault] = faults
  const refused = fault === undefined ? '' : ` ${faults.length} were refused or not answered, the first with: ${fault}`
  return {
    text: `${orderIds.length} orders were accepted in ${seconds.toFixed(1)} s.${refused}`,
    orderIds: orderIds.slice(0, 100),
    lookAt: { title: 'See these orders', path: `/?customerId=${customer}` },
  }
}
