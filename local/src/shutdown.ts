/** A signal requests a stop, and so does the exit of run.mjs, which forwards signals to this process. */

/** Ctrl-C arrives from the terminal, from npm and from run.mjs. Signals within this time count as one, ms. */
const repeatMs = 1_000
const stopWithinMs = 10_000
const watchMs = 500

export interface ShutdownOptions {
  readonly say: (line: string) => void
  /** The process id of run.mjs, whose exit requests a stop. Ignored if it is not the parent of this process. */
  readonly runner: string | undefined
}

/**
 * A signal that aborts when a stop is requested. After a second request, or if the stop takes longer than 10 s, the
 * process exits at once with code 1. The next start then repeats the unfinished work.
 */
export const stopSignal = ({ say, runner }: ShutdownOptions): AbortSignal => {
  const controller = new AbortController()
  let requestedAt = Number.NEGATIVE_INFINITY
  const request = (reason: string) => {
    const now = performance.now()
    if (now - requestedAt < repeatMs) return
    requestedAt = now
    if (controller.signal.aborted) exitNow(say, `${reason} again`)
    say(`stopping (${reason})`)
    controller.abort()
    setTimeout(() => exitNow(say, `not stopped within ${stopWithinMs / 1_000} s`), stopWithinMs).unref()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => request(name))
  if (runner === String(process.ppid)) watch(process.ppid, () => request(`the parent process ${runner} has exited`))
  return controller.signal
}

const exitNow = (say: (line: string) => void, reason: string): never => {
  say(`exiting at once (${reason})`)
  process.exit(1)
}

const watch = (parent: number, gone: () => void): void => {
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, watchMs)
  timer.unref()
}
