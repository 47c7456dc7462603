import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Progress } from './consumer.ts'

export interface CatchingUp {
  readonly pid: number
  /** Resolves when the consumer has taken all events. @throws if it exits before that. */
  readonly done: Promise<Progress>
  stop(): Promise<void>
}

const script = fileURLToPath(new URL('consumer.ts', import.meta.url))

/** Starts the consumer of an inbox with this many events. With 0 events it is done when it is ready. */
export const startCatchingUp = (url: string, count: number): CatchingUp => {
  const child = fork(script, [url, String(count)], { execArgv: [] })
  const { pid } = child
  if (pid === undefined) throw new Error('The consumer can’t be started.')
  const exited = once(child, 'exit')
  const { promise: done, resolve, reject } = Promise.withResolvers<Progress>()
  child.on('message', (progress: Progress) => {
    if (progress.taken === count) resolve(progress)
  })
  child.on('exit', (code, signal) => reject(new Error(`The consumer has exited (${code ?? signal}).`)))
  done.catch(() => undefined) // a run that fails stops the consumer without waiting for it
  return {
    pid,
    done,
    stop: async () => {
      child.kill()
      await exited
    },
  }
}
