/** The worker of one queue: takes tasks, does them, tells the outcome, and then acknowledges. */
import { contentHash, type Decoded, type Draft, decode, type Message, seal, Undecodable } from '@quadrille/events'
import type { Delivery } from '@quadrille/messaging'
import type { Breaker, Turn } from './failures/breaker.ts'
import type { Fail } from './failures/fail.ts'
import type { Guard } from './failures/suspects.ts'
import { taskFaultOf } from './failures/task-fault.ts'
import type { Reactor } from './reactor.ts'
import type { Recovery } from './recovery.ts'
import type { Task } from './task.ts'
import { traceContextOf } from './telemetry/trace-context.ts'
import { endSpan, inSpan, type Tracing } from './telemetry/tracing.ts'

export interface WorkerOptions {
  readonly service: string
  readonly queue: string
  readonly tasks: readonly Task[]
  readonly reactor: Reactor
  readonly recovery: Recovery
  readonly tracing: Tracing
  readonly breaker: Breaker
  readonly guard: Guard
  readonly now: () => Date
  readonly stopping: AbortSignal
  readonly fail: Fail
}

/**
 * Handles one delivery of a work queue. The task's outcome is committed before the delivery is acknowledged. A failure
 * brings the task back later or parks it. An outage is none, be it of Postgres or of what the task asks: the task is begun
 * again when that is over.
 */
export const createWorker =
  (options: WorkerOptions) =>
  async (delivery: Delivery): Promise<void> => {
    const { breaker, guard, stopping } = options
    let again: boolean
    do {
      again = false
      const turn = await breaker.admit(stopping)
      if (!turn) return // the service stops: unsettled, it is delivered again to whoever goes on
      await guard(delivery, async () => {
        again = await attempt({ delivery, turn }, options)
      })
      turn.leave()
    } while (again)
  }

interface Attempted {
  readonly delivery: Delivery
  readonly turn: Turn
}

/** Settles the delivery, unless the service stops. True where the task is to wait for its next turn instead. */
const attempt = async ({ delivery, turn }: Attempted, options: WorkerOptions): Promise<boolean> => {
  const { stopping, recovery, fail } = options
  const errand = read(delivery, options)
  if (errand instanceof Error) {
    fail({ delivery, error: errand })
    return false
  }
  const { message, task } = errand
  try {
    const done = await recovery.outlast(() => work({ ...errand, delivery, turn }, options))
    if (done !== null) delivery.ack()
    return false
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    if (stopping.aborted) return false
    if (taskFaultOf(error).outage === true && turn.failed(message.subject)) return true
    fail({ delivery, error, type: message.type, maxAttempts: task.maxAttempts })
    return false
  }
}

interface Errand {
  readonly message: Message
  readonly task: Task
}

const read = ({ message: { body } }: Delivery, { service, tasks }: WorkerOptions): Errand | Error => {
  try {
    const { message } = decode(body)
    const task = tasks.find(({ type }) => type === message.type)
    if (!task) throw new Undecodable('unknown_type', `${service} does no task ${message.type}`)
    return { message, task }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Does the task and tells its outcome. @throws {Unavailable} only when the service stops. */
const work = async ({ message, task, delivery, turn }: Errand & Attempted, options: WorkerOptions): Promise<true> => {
  const { service, queue, reactor, tracing, now, stopping } = options
  const span = tracing.process(message, { queue, delivery })
  try {
    const outcome = await inSpan(span, ask)
    if (outcome) await tell(outcome)
    endSpan(span)
    return true
  } catch (error) {
    endSpan(span, error instanceof Error ? error : new Error(String(error)))
    throw error
  }

  async function ask(): Promise<Draft | null> {
    try {
      const outcome = await task.perform(message, { number: delivery.attempts + 1, signal: stopping })
      turn.answered()
      return outcome
    } catch (error) {
      if (taskFaultOf(error).outage === false) turn.answered()
      throw error
    }
  }

  async function tell(outcome: Draft): Promise<void> {
    const sealed = seal(outcome, { service, now: now(), cause: message, trace: traceContextOf(span) })
    const result = await reactor({ decoded: asDecoded(sealed), patient: true })
    if (result.status === 'failed') throw result.error
  }
}

/** A message that was made here, as if it had been received. */
export const asDecoded = (message: Message): Decoded => ({ message, hash: contentHash(message.data) })
