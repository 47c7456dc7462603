/**
 * A signal requests a stop, and so does the exit of run.mjs, which forwards signals to this process. An error of a part
 * stops this process too.
 */
import { onceASecond } from '@quadrille/async'
import { exitNow } from '@quadrille/service/plain-server'

const stopWithinMs = 10_000
const watchMs = 500

export interface ShutdownOptions {
  readonly say: (line: string) => void
  /** The process id of run.mjs, whose exit requests a stop. Ignored if it is not the parent of this process. */
  readonly runner: string | undefined
}

export interface Shutdown {
  /** Aborts when a stop is requested, or after an error. */
  readonly signal: AbortSignal
  /** Aborts after an error, with that error as its reason. */
  readonly failure: AbortSignal
  /** Stops everything, because this process can't continue. */
  readonly stopWithError: (error: Error) => void
}

/**
 * After a second request, or if the process has not ended within 10 s, it exits at once with code 1 (see `exitNow`). The next
 * start then repeats the unfinished work.
 */
export const createShutdown = ({ say, runner }: ShutdownOptions): Shutdown => {
  const requested = new AbortController()
  const failed = new AbortController()
  const limit = (cause: string) => {
    const reason = `not ended within ${stopWithinMs / 1_000} s${cause}`
    setTimeout(() => exitAtOnce(say, reason), stopWithinMs).unref()
  }
  // Ctrl-C arrives from the terminal, from npm and from run.mjs.
  const request = onceASecond((reason: string) => {
    if (requested.signal.aborted) exitAtOnce(say, `${reason} again`)
    say(`stopping (${reason})`)
    requested.abort()
    limit('')
  })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => request(name))
  if (runner === String(process.ppid)) watch(process.ppid, () => request(`the parent process ${runner} has exited`))
  return {
    signal: AbortSignal.any([requested.signal, failed.signal]),
    failure: failed.signal,
    stopWithError: (error) => {
      failed.abort(error)
      limit(`, after an error: ${error.message}`)
    },
  }
}

const exitAtOnce = (say: (line: string) => void, reason: string): never => {
  say(`exiting at once (${reason})`)
  return exitNow(1)
}

const watch = (parent: number, gone: () => void): void => {
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, watchMs)
  timer.unref()
}
