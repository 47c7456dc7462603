/** A short tour: how orders end, and how one waits for a service that is stopped. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Diagnosis, eventsOf, whereOf } from '@quadrille/console/sentence'
import type { DemoClient, ShownOrder } from './client.ts'

export interface TourOptions {
  readonly print: (line: string) => void
  /** Ends the tour, after a repair. */
  readonly signal: AbortSignal
}

/** The orders that settle by themselves within seconds. */
const endings = ['order-fulfilled', 'order-declined', 'order-out-of-stock', 'order-cancelled', 'order-retried']

const pollMs = 100
/** How long an order may take to settle, ms. */
const settledWithinMs = 60_000

/**
 * Prints each step with the time since the beginning. Repairs what it breaks, even if a step fails, or `signal` ends it.
 * @throws if something is broken already, and as `signal` says.
 */
export const playTour = async (demo: DemoClient, { print, signal }: TourOptions): Promise<void> => {
  const startMs = performance.now()
  const say = (text: string) => print(`${((performance.now() - startMs) / 1_000).toFixed(1).padStart(6)} s  ${text}`)
  const untilSettled = async (id: string, title: string) =>
    say(`${nameOf(id)}  ${title}: ${endingOf(await settled(demo, id, signal))}`)

  const { actions, broken } = await demo.view()
  const [fault] = broken
  if (fault) throw new Error(`${fault.text} Repair it first: npm run demo -- ${fault.repair}`)
  say('An order of each ending:')
  const titleOf = (id: string) => actions.find((action) => action.id === id)?.title ?? id
  await Promise.all(endings.map(async (ending) => untilSettled(await place(demo, ending), titleOf(ending))))

  await untilSettled(await placeWhileStopped(demo, say, signal), 'It has waited')
}

/** Stops the payment service, places an order that waits for it, says why, and starts the service. Returns the id of the order. */
const placeWhileStopped = async (
  demo: DemoClient,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string> => {
  signal.throwIfAborted()
  try {
    say((await demo.act('stop-payment')).text)
    signal.throwIfAborted()
    const id = await place(demo, 'order-fulfilled')
    say(`${nameOf(id)}  was placed. It waits:`)
    for (const diagnosis of await demo.diagnoses(id)) say(`${nameOf(id)}  ${sentenceOf(diagnosis)}`)
    return id
  } finally {
    say((await demo.act('start-payment')).text)
  }
}

const place = async (demo: DemoClient, action: string): Promise<string> => {
  const [id] = (await demo.act(action)).orderIds
  if (id === undefined) throw new Error(`${action} placed no order.`)
  return id
}

const settled = async (demo: DemoClient, id: string, signal: AbortSignal): Promise<ShownOrder> => {
  const deadline = performance.now() + settledWithinMs
  for (;;) {
    signal.throwIfAborted()
    const order = await demo.order(id)
    if (order.settled) return order
    if (performance.now() > deadline)
      throw new Error(`The order ${id} is not settled after ${settledWithinMs / 1_000} s.`)
    await pause(pollMs)
  }
}

/** As the console shows it. */
const nameOf = (id: string): string => `…${id.slice(-8)}`

const endingOf = ({ status, cancellation, payment }: ShownOrder): string =>
  cancellation === null ? status : `${status} (${cancellation.reason}), the payment is ${payment.status}`

const sentenceOf = (diagnosis: Diagnosis): string =>
  `for an answer from ${diagnosis.owedBy}: ${eventsOf(diagnosis)}. ${whereOf(diagnosis)}`
