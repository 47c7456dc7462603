/** The worker of one queue: takes tasks, does them, tells the outcome, and then acknowledges. */
import { contentHash, type Decoded, type Draft, decode, type Message, seal } from '@quadrille/events'
import type { Delivery } from '@quadrille/messaging'
import { faultOf } from '@quadrille/postgres'
import { type Reactor, Unavailable } from './reactor.ts'
import type { Recovery } from './recovery.ts'
import type { Task } from './task.ts'
import { retryDelayMs } from './task.ts'
import { endSpan, startProcessSpan, traceContextOf } from './telemetry/tracing.ts'

export interface WorkerOptions {
  readonly service: string
  readonly tasks: readonly Task[]
  readonly reactor: Reactor
  readonly recovery: Recovery
  readonly now: () => Date
  readonly stopping: AbortSignal
  readonly onFailure: (delivery: Delivery, error: Error, delayMs: number) => void
}

/**
 * Handles one delivery of a work queue. The task's outcome is committed before the delivery is acknowledged. A failure
 * brings the task back after a delay; an outage of Postgres is none, and the task is begun again when that is over.
 */
export const createWorker =
  (options: WorkerOptions) =>
  async (delivery: Delivery): Promise<void> => {
    const failure = await attempt(delivery, options)
    if (!failure) return delivery.ack()
    if (options.stopping.aborted) return // unsettled, it is delivered again to whoever goes on
    const delayMs = retryDelayMs(delivery.attempts + 1)
    options.onFailure(delivery, failure, delayMs)
    delivery.retry({ error: failure, delayMs })
  }

const attempt = async (delivery: Delivery, options: WorkerOptions): Promise<Error | null> => {
  for (;;) {
    try {
      await work(delivery, options)
      return null
    } catch (error) {
      const away = error instanceof Unavailable || faultOf(error) === 'unavailable'
      if (!away || options.stopping.aborted) return error instanceof Error ? error : new Error(String(error))
      await options.recovery.pause()
    }
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
