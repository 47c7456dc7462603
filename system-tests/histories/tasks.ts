/** Tasks are performed at least once, by independent workers, and retried while their outcome is unknown. */
import { type DataOf, type Draft, draft, type Message, type ServiceName, seal } from '@quadrille/events'
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import type { Random } from '@quadrille/testing'
import type { Step } from './pool.ts'
import { type HistoryRun, now } from './run.ts'

/** The probability that two workers get the same task. */
const duplicateProbability = 0.1

export const addTask = (run: HistoryRun, task: Message): void => {
  const copies = run.random.chance(duplicateProbability) ? 2 : 1
  for (let copy = 0; copy < copies; copy += 1) run.pool.add(attempt(run, task, 1))
}

const attempt = (run: HistoryRun, task: Message, number: number): Step => ({
  name: `${task.type} ${task.subject}, try ${number}`,
  execute: () =>
    run.world.afterTaskStart(perform(run, task, number).catch((error: unknown) => void run.taskErrors.push(error))),
})

const perform = async (run: HistoryRun, task: Message, number: number): Promise<void> => {
  const { pool, random, world } = run
  const to: ServiceName = task.type === 'Notify' ? 'notification' : 'payment'
  try {
    const outcome = await (task.type === 'Notify' ? notify(random, task.data, number) : world.performTask(task, number))
    if (outcome) pool.add({ to, message: seal(outcome, { service: to, now, cause: task }) })
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    pool.add(attempt(run, task, number + 1))
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

/** An operator retries a refused refund, or makes it by hand. */
export const operatorStep = ({ pool, random, world }: HistoryRun, orderId: string): Step => ({
  name: `an operator handles ${orderId}`,
  execute: async () => {
    const refused = await world.refusedRound(orderId)
    if (refused === undefined) return
    const manual = random.chance(0.5) && { manualReference: `transfer-${random.below(3)}` }
    const request = draft('RefundRequested', { orderId, round: refused + 1, ...manual })
    pool.add({ to: 'payment', message: seal(request, { service: 'payment', now }) })
  },
})
