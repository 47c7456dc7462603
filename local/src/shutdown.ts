/** A stop is requested by a signal, or by the end of run.mjs, which passes signals on to this process. */

/** Ctrl-C arrives from the terminal, from npm and from run.mjs. Signals within this time count as one, ms. */
const repeatMs = 1_000
const stopWithinMs = 10_000
const watchMs = 500

export interface ShutdownOptions {
  readonly say: (line: string) => void
  /** The process id of run.mjs if it is our parent. Its end is a reason to stop. Another id is ignored. */
  readonly runner: string | undefined
}

/**
 * A signal that aborts when a stop is requested. A second request, or 10 s without an end, ends the process at once
 * with exit code 1. The next start then repeats the unfinished work.
 */
export const stopSignal = ({ say, runner }: ShutdownOptions): AbortSignal => {
  const controller = new AbortController()
  let asked = Number.NEGATIVE_INFINITY
  const ask = (reason: string) => {
    const now = performance.now()
    if (now - asked < repeatMs) return
    asked = now
    if (controller.signal.aborted) endHard(say, `${reason} again`)
    say(`stopping (${reason})`)
    controller.abort()
    setTimeout(() => endHard(say, `not stopped within ${stopWithinMs / 1_000} s`), stopWithinMs).unref()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ask(name))
  if (runner === String(process.ppid)) watch(process.ppid, () => ask(`the parent process ${runner} has exited`))
  return controller.signal
}

const endHard = (say: (line: string) => void, reason: string): never => {
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
