import type { InjectedFault } from './inject-faults.ts'

const everyMs = 100

/** A timer that is later than this shows a stall, ms. */
const longerThanMs = 1_000

export interface StallWatch extends Disposable {
  /** The stalls so far. */
  readonly stalls: readonly InjectedFault[]
}

/** Records when the machine stalls. Services and servers then stand still, as in a fault. @param now - ms since the start of the run */
export const watchStalls = (now: () => number): StallWatch => {
  const stalls: InjectedFault[] = []
  let lastMs = now()
  const timer = setInterval(() => {
    const [atMs, overAtMs] = [lastMs, now()]
    lastMs = overAtMs
    if (overAtMs - atMs > longerThanMs)
      stalls.push({ kind: 'machine stalled', target: 'machine', atMs, healedAtMs: overAtMs, overAtMs })
  }, everyMs)
  return { stalls, [Symbol.dispose]: () => clearInterval(timer) }
}
