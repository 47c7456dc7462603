/**
 * Worker processes for images. A process, not a thread: a decoder that crashes or grows ends only its own process, it can be killed
 * at any time, and the operating system runs its threads only when nothing else needs the processor (ADR 31).
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { limitConcurrency } from '@quadrille/async'
import { TaskError } from '@quadrille/service'
import type { PhotoToRender, RenderResult } from './render-photo.ts'
import { type Priority, startProcess } from './start-process.ts'
import type { Answer, Request } from './worker.ts'

export interface ImagePool {
  /**
   * Renders a photo in a process of its own. It waits while `maxProcesses` photos are rendered.
   * A photo that needs too much processor time is rejected.
   * @throws {WorkerLost} if the process ended.
   * @throws if the time was over, the blob store failed, or the signal was aborted.
   */
  render(photo: PhotoToRender, signal: AbortSignal): Promise<RenderResult>
}

/**
 * The worker process ended before it had a result. It is the fault of this photo, not of a system that all photos need, so the
 * attempt counts however many photos fail like it.
 */
export class WorkerLost extends TaskError {
  override readonly name = 'WorkerLost'

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, outage: false })
  }
}

export interface ImagePoolOptions {
  /** Finds the folder of the blob store. */
  readonly locate: () => Promise<string>
  /** The maximum number of photos that are rendered at a time. After a reconnection a consumer may start more tasks than that. */
  readonly maxProcesses: number
  readonly priority: Priority
  /** The processor time for a photo, in all threads of its process, ms. Default 60,000: many times that of the largest photo. */
  readonly cpuLimitMs?: number
  /**
   * How long a photo may take, ms. Default 600,000: on a busy machine it waits for the processor. RabbitMQ closes the channel of a
   * delivery that is unsettled for 30 minutes.
   */
  readonly timeLimitMs?: number
  /** How long a process waits for the next photo, ms. Default 10,000. */
  readonly idleMs?: number
  /** The module that the processes run. Default: the worker. */
  readonly module?: URL
}

interface Idle {
  readonly child: ChildProcess
  readonly timer: NodeJS.Timeout
}

const workerModule = new URL('./worker.ts', import.meta.url)

export const createImagePool = ({
  locate,
  maxProcesses,
  priority,
  cpuLimitMs = 60_000,
  timeLimitMs = 600_000,
  idleMs = 10_000,
  module = workerModule,
}: ImagePoolOptions): ImagePool => {
  let idle: readonly Idle[] = []
  const limit = limitConcurrency(maxProcesses)

  const take = (): ChildProcess => {
    const last = idle.at(-1)
    if (!last) {
      const child = startProcess(module, priority)
      return child.once('exit', () => remove(child))
    }
    clearTimeout(last.timer)
    remove(last.child)
    return last.child
  }
  const give = (child: ChildProcess): void => {
    const timer = setTimeout(() => {
      remove(child) // first, so that it gets no further photo
      child.kill('SIGKILL')
    }, idleMs).unref()
    idle = [...idle, { child, timer }]
  }
  const remove = (ended: ChildProcess): void => {
    idle = idle.filter(({ child }) => child !== ended)
  }

  return {
    render: (photo, signal) =>
      limit(async () => {
        signal.throwIfAborted()
        const request = { photo, directory: await locate(), cpuLimitMs }
        const child = take()
        const answer = await answerOf(child, request, { signal, timeLimitMs })
        if (isTooExpensive(answer)) child.kill('SIGKILL')
        else give(child)
        if (answer.status === 'failed') throw new Error(`The photo could not be read or stored: ${answer.error}`)
        return answer
      }),
  }
}

/** The worker still decodes such a photo, because a decoder can't be interrupted. */
const isTooExpensive = (answer: Answer): boolean => answer.status === 'rejected' && answer.reason === 'too_expensive'

interface Limits {
  readonly signal: AbortSignal
  readonly timeLimitMs: number
}

/** Kills the process if it has no answer in time, or if the signal is aborted. */
const answerOf = async (child: ChildProcess, request: Request, { signal, timeLimitMs }: Limits): Promise<Answer> => {
  const timeout = AbortSignal.timeout(timeLimitMs)
  try {
    return await ask(child, request, AbortSignal.any([signal, timeout]))
  } catch (error) {
    child.kill('SIGKILL')
    signal.throwIfAborted()
    if (timeout.aborted) throw new Error(`The photo took longer than ${timeLimitMs} ms.`, { cause: error })
    throw error
  }
}

const ask = async (child: ChildProcess, request: Request, signal: AbortSignal): Promise<Answer> => {
  const settled = new AbortController()
  const options = { signal: AbortSignal.any([signal, settled.signal]) }
  const ended = once(child, 'exit', options).then(([code, killedBy]) => {
    throw new WorkerLost(`The process that rendered the photo ended with ${killedBy ?? code}.`)
  })
  const answered = once(child, 'message', options).then(([answer]): Answer => answer)
  try {
    child.send(request)
    return await Promise.race([answered, ended])
  } finally {
    settled.abort()
    await Promise.allSettled([answered, ended])
  }
}
