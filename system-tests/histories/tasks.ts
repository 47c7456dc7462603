/** Tasks: performed once or more, by independent workers, and again while their outcome is unknown. */
import { type DataOf, type Draft, draft, type Message, type ServiceName, seal } from '@quadrille/events'
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import type { Random } from '@quadrille/testing'
import type { Step } from './bag.ts'
import { now, type Performance } from './performance.ts'

const twice = 0.1

export const addTask = (performance: Performance, task: Message): void => {
  const copies = performance.random.chance(twice) ? 2 : 1
  for (let copy = 0; copy < copies; copy += 1) performance.bag.add(attempt(performance, task, 1))
}

const attempt = (performance: Performance, task: Message, number: number): Step => ({
  name: `${task.type} ${task.subject}, try ${number}`,
  happen: () =>
    performance.world.pace(
      perform(performance, task, number).catch((error: unknown) => void performance.faults.push(error)),
    ),
})

const perform = async (performance: Performance, task: Message, number: number): Promise<void> => {
  const { bag, random, world } = performance
  const to: ServiceName = task.type === 'Notify' ? 'notification' : 'payment'
  try {
    const outcome = await (task.type === 'Notify' ? notify(random, task.data, number) : world.work(task, number))
    if (outcome) bag.add({ to, message: seal(outcome, { service: to, now, cause: task }) })
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    bag.add(attempt(performance, task, number + 1))
  }
}

/** A mail server that accepts most emails, refuses some, and fails sometimes. */
const notify = (random: Random, { orderId, occasion }: DataOf<'Notify'>, attempts: number): Draft => {
  if (random.chance(0.1)) throw new OutcomeUnknown('The mail server does not answer.')
  const about = { orderId, occasion, channel: 'email' as const, attempts }
  return random.chance(0.1)
    ? draft('NotificationUndeliverable', { ...about, code: 'smtp_550' })
    : draft('NotificationDelivered', about)
}

/** An operator sees a refused refund, and retries it or makes it by hand. */
export const person = ({ bag, random, world }: Performance, orderId: string): Step => ({
  name: `an operator handles ${orderId}`,
  happen: async () => {
    const refused = await world.refusedRound(orderId)
    if (refused === undefined) return
    const manual = random.chance(0.5) && { manualReference: `transfer-${random.below(3)}` }
    const request = draft('RefundRequested', { orderId, round: refused + 1, ...manual })
    bag.add({ to: 'payment', message: seal(request, { service: 'payment', now }) })
  },
})
