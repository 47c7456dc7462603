/** Executes a plan of faults. */
import { pause } from '@quadrille/async'
import { noTarget } from './faults/fault.ts'
import { disturbsCalm, type PlannedFault } from './plan.ts'

/** A fault with its target, as it happened. Times in ms after the start of the run. */
export interface InjectedFault {
  readonly kind: string
  readonly target: string
  readonly atMs: number
  /** When the end of the fault began: for example, when the killed process was started again. */
  readonly healedAtMs: number
  /** When the fault had ended. */
  readonly overAtMs: number
}

export interface InjectOptions {
  /** Time since the start of the run, ms. */
  readonly now: () => number
  /** When no more faults begin, and active ones are ended, ms after the start of the run. */
  readonly endMs: number
  readonly signal: AbortSignal
  readonly onInject: (planned: PlannedFault) => void
}

/**
 * Resolves to the injected faults when all have ended. A fault waits for the end of earlier ones in the same parts. It
 * is left out if the run ends first, or if it would be active in a minute without faults.
 * @throws if a fault can't be injected or ended, after the others have been ended.
 */
export const injectFaults = async (plan: readonly PlannedFault[], options: InjectOptions): Promise<InjectedFault[]> => {
  const broken = new AbortController()
  const signal = AbortSignal.any([options.signal, broken.signal])
  const { now, endMs } = options
  const isOver = () => signal.aborted || now() >= endMs
  const injected: InjectedFault[] = []
  const last = new Map<string, Promise<void>>()
  const injectAfter = async (planned: PlannedFault, before: readonly (Promise<void> | undefined)[]) => {
    await pause(planned.atMs - now(), signal)
    await Promise.all(before)
    if (isOver() || disturbsCalm({ atMs: now(), lastsMs: planned.lastsMs }, endMs)) return
    const done = await injectOne(planned, { ...options, signal })
    if (done) injected.push(done)
  }
  const all = plan.map((planned) => {
    const { parts } = planned.fault
    const done = injectAfter(
      planned,
      parts.map((part) => last.get(part)),
    )
    done.catch((error: unknown) => broken.abort(error))
    for (const part of parts) last.set(part, done)
    return done
  })
  await Promise.allSettled(all)
  broken.signal.throwIfAborted()
  return injected
}

/** Null if it had no target. */
const injectOne = async (
  planned: PlannedFault,
  { now, endMs, signal, onInject }: InjectOptions,
): Promise<InjectedFault | null> => {
  const { fault, lastsMs } = planned
  onInject(planned)
  const atMs = now()
  const heal = await fault.inject()
  if (heal === noTarget) return null
  await pause(Math.min(lastsMs, endMs - now()), signal)
  const healedAtMs = now()
  await heal()
  return { kind: fault.kind, target: fault.target, atMs, healedAtMs, overAtMs: now() }
}
