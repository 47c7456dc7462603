/** The worker of one queue: takes tasks, does them, tells the outcome, and then acknowledges. */
import { contentHash, type Decoded, type Draft, decode, type Message, seal } from '@quadrille/events'
import type { Delivery } from '@quadrille/messaging'
import type { Reactor } from './reactor.ts'
import type { Task } from './task.ts'
import { retryDelayMs } from './task.ts'
import { endSpan, startProcessSpan, traceContextOf } from './telemetry/tracing.ts'

export interface WorkerOptions {
  readonly service: string
  readonly tasks: readonly Task[]
  readonly reactor: Reactor
  readonly now: () => Date
  readonly stopping: AbortSignal
  readonly onFailure: (delivery: Delivery, error: Error, delayMs: number) => void
}

/**
 * Handles one delivery of a work queue. The task's outcome is committed before the delivery is acknowledged; whatever fails
 * on the way brings the task back after a delay.
 */
export const createWorker =
  (options: WorkerOptions) =>
  async (delivery: Delivery): Promise<void> => {
    try {
      await work(delivery, options)
      delivery.ack()
    } catch (error) {
      if (options.stopping.aborted) return // unsettled, it is delivered again to whoever goes on
      const failure = error instanceof Error ? error : new Error(String(error))
      const delayMs = retryDelayMs(delivery.attempts + 1)
      options.onFailure(delivery, failure, delayMs)
      delivery.retry({ error: failure, delayMs })
    }
  }

const work = async (delivery: Delivery, { service, tasks, reactor, now, stopping }: WorkerOptions): Promise<void> => {
  const { message } = decode(delivery.message.body)
  const task = tasks.find(({ type }) => type === message.type)
  if (!task) throw new Error(`${service} does no task ${message.type}.`)
  const span = startProcessSpan(service, message)
  try {
    const outcome = await task.perform(message, { number: delivery.attempts + 1, signal: stopping })
    if (outcome) await tell(outcome, message)
    endSpan(span)
  } catch (error) {
    endSpan(span, error instanceof Error ? error : new Error(String(error)))
    throw error
  }

  async function tell(outcome: Draft, cause: Message): Promise<void> {
    const sealed = seal(outcome, { service, now: now(), cause, trace: traceContextOf(span) })
    const result = await reactor({ decoded: asDecoded(sealed), patient: true })
    if (result.status === 'failed') throw result.error
  }
}

/** A message that was made here, as if it had been received. */
export const asDecoded = (message: Message): Decoded => ({ message, hash: contentHash(message.data) })
