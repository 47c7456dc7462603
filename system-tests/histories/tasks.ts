/** Tasks are performed at least once, by independent workers, and retried while their outcome is unknown. */
import { type DataOf, type Draft, draft, type Message, type ServiceName, seal } from '@quadrille/events'
import { type ActiveChannel, activeChannels } from '@quadrille/notification/channels'
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import type { Random } from '@quadrille/testing'
import type { Step } from './pool.ts'
import { type HistoryRun, now } from './run.ts'

/** The probability that two workers get the same task. */
const duplicateProbability = 0.1

export const addTask = (run: HistoryRun, task: Message): void => {
  const copies = run.random.chance(duplicateProbability) ? 2 : 1
  for (let copy = 0; copy < copies; copy += 1)
    for (const worker of workersOf(run, task)) run.pool.add(attempt(run, { task, worker }, 1))
}

type Worker = (attempts: number) => Promise<Draft | null>

interface Work {
  readonly task: Message
  readonly worker: Worker
}

/** One worker for each queue of the task: each channel of notifications has its own. */
const workersOf = ({ random, world }: HistoryRun, task: Message): Worker[] =>
  task.type === 'Notify'
    ? activeChannels.map((channel) => async (attempts) => notify(random, { channel, attempts }, task.data))
    : [(attempts) => world.performTask(task, attempts)]

const attempt = (run: HistoryRun, work: Work, number: number): Step => ({
  name: `${work.task.type} ${work.task.subject}, try ${number}`,
  execute: () =>
    run.world.afterTaskStart(perform(run, work, number).catch((error: unknown) => void run.taskErrors.push(error))),
})

const perform = async (run: HistoryRun, { task, worker }: Work, number: number): Promise<void> => {
  const { pool } = run
  const to: ServiceName = task.type === 'Notify' ? 'notification' : 'payment'
  try {
    const outcome = await worker(number)
    if (outcome) pool.add({ to, message: seal(outcome, { service: to, now, cause: task }) })
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    pool.add(attempt(run, { task, worker }, number + 1))
  }
}

interface Try {
  readonly channel: ActiveChannel
  readonly attempts: number
}

/** A transport that accepts most notifications, refuses some, and fails sometimes. */
const notify = (random: Random, attempt: Try, { orderId, occasion }: DataOf<'Notify'>): Draft => {
  if (random.chance(0.1)) throw new OutcomeUnknown('The transport does not answer.')
  const about = { orderId, occasion, ...attempt }
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
