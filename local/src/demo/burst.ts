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
  /** Why the others were not accepted, such as the limit of open orders. */
  readonly refusals: readonly string[]
  readonly seconds: number
}

/** A refusal is a result: the order service bounds how many orders are open. */
const sendBurst = async (orderUrl: string): Promise<Burst> => {
  const startMs = performance.now()
  const limit = limitConcurrency(concurrency)
  const order = { customer, sku: 'mug', quantity: 1, method: 'pm_card_visa' }
  const answers = await Promise.allSettled(
    Array.from({ length: count }, () => limit(() => placeOrder(orderUrl, order))),
  )
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  for (const error of errors) if (!(error instanceof Refused)) throw error
  return {
    orderIds: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
    refusals: errors.map((error) => String(error)),
    seconds: (performance.now() - startMs) / 1_000,
  }
}

const outcomeOf = ({ orderIds, refusals, seconds }: Burst) => {
  const [refusal] = refusals
  const refused = refusal === undefined ? '' : ` ${refusals.length} were refused, the first with: ${refusal}`
  return {
    text: `${orderIds.length} orders were accepted in ${seconds.toFixed(1)} s.${refused}`,
    orderIds: orderIds.slice(0, 100),
    lookAt: { title: 'See these orders', path: `/?customerId=${customer}` },
  }
}
