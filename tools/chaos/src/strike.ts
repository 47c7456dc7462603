/** Carries out a plan of faults. */
import { setTimeout as pause } from 'node:timers/promises'
import { hitNothing } from './faults/fault.ts'
import type { PlannedFault } from './plan.ts'

/** A fault that hit something, as it was. Times in ms after the start of the run. */
export interface Strike {
  readonly kind: string
  readonly target: string
  readonly atMs: number
  /** When what had been killed was started again, or what had been taken away was given back. */
  readonly healedAtMs: number
  /** When that was done. */
  readonly overAtMs: number
}

export interface StrikeOptions {
  /** Time since the start of the run, ms. */
  readonly now: () => number
  /** When no more is begun, and what is going on is healed, ms after the start of the run. */
  readonly endMs: number
  readonly signal: AbortSignal
  readonly onStrike: (planned: PlannedFault) => void
}

/**
 * Resolves when all is healed, to what has been done. What is planned for a part of the world that another fault holds waits
 * for that one's end, and where the run ends first it is left out.
 * @throws where a fault can't be injected or healed, after the others have been healed.
 */
export const strikeAll = async (plan: readonly PlannedFault[], options: StrikeOptions): Promise<Strike[]> => {
  const broken = new AbortController()
  const signal = AbortSignal.any([options.signal, broken.signal])
  const { now, endMs } = options
  const over = () => signal.aborted || now() >= endMs
  const strikes: Strike[] = []
  const last = new Map<string, Promise<void>>()
  const inTurn = async (planned: PlannedFault, before: Promise<void> | undefined) => {
    await wait(planned.atMs - now(), signal)
    await before
    if (over()) return
    const done = await strike(planned, { ...options, signal })
    if (done) strikes.push(done)
  }
  const all = plan.map((planned) => {
    const { part } = planned.fault
    const done = inTurn(planned, last.get(part))
    done.catch((error: unknown) => broken.abort(error))
    last.set(part, done)
    return done
  })
  await Promise.allSettled(all)
  broken.signal.throwIfAborted()
  return strikes
}

/** Null where it hit nothing. */
const strike = async (
  planned: PlannedFault,
  { now, endMs, signal, onStrike }: StrikeOptions,
): Promise<Strike | null> => {
  const { fault, lastsMs } = planned
  onStrike(planned)
  const atMs = now()
  const heal = await fault.inject()
  if (heal === hitNothing) return null
  await wait(Math.min(lastsMs, endMs - now()), signal)
  const healedAtMs = now()
  await heal()
  return { kind: fault.kind, target: fault.target, atMs, healedAtMs, overAtMs: now() }
}

/** Shorter where the run is to end: what goes on is healed in any case. */
const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
  await pause(Math.max(0, ms), undefined, { signal }).catch(() => undefined) // aborted: time to heal
}
