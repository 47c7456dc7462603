/** A stop is asked for by a signal, or by the death of run.mjs, which passes signals on to us. */

/** Ctrl-C arrives from the terminal, from npm and from run.mjs; what comes within this time is one and the same, ms. */
const repeatMs = 1_000
const stopWithinMs = 10_000
const watchMs = 500

export interface ShutdownOptions {
  readonly say: (line: string) => void
  /** The process id of run.mjs, if it runs us: its death is a reason to stop. Another one than our parent's is ignored. */
  readonly runner: string | undefined
}

/**
 * A signal that is aborted when we are asked to stop. Whoever asks a second time, or waits for 10 s, ends the process at
 * once with exit code 1: what was in hand is then done at the next start.
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
  if (runner === String(process.ppid)) watch(process.ppid, () => ask(`process ${runner}, which started this, is gone`))
  return controller.signal
}

const endHard = (say: (line: string) => void, reason: string): never => {
  say(`ending at once (${reason})`)
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
