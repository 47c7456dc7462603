/** After all faults: an instance is paused, and the other instance of its service must continue. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type ServiceName, serviceNames } from '@quadrille/events'
import type { InjectedFault } from './inject-faults.ts'
import { serveDuringPause } from './load/customers.ts'
import { countHandledDeliveries } from './load/handled-deliveries.ts'
import type { LoadDriver } from './load/load-driver.ts'
import type { World } from './world/world.ts'

/** The deliveries that the other instance handled before and during the pause, in equal times. */
export interface FailoverRecord {
  readonly service: ServiceName
  readonly before: number
  readonly during: number
  readonly pause: InjectedFault
}

export interface FailoverResult {
  readonly records: readonly FailoverRecord[]
  readonly answers: readonly Answer[]
  readonly unanswered: number
}

/** Shorter than `ORDER_TTL`, so that few orders expire. */
const windowMs = 6_000

/** The duration of a failover of each service, without the last answers, ms. */
export const maxFailoverMs = 2 * windowMs * serviceNames.length

/** The interval between two groups of customers, ms. Each group places an order of each kind. */
const groupEveryMs = 3_000

/** Pauses an instance of `count` services by SIGSTOP, one after the other, under steady load. */
export const testFailover = async (
  { instances }: World,
  driver: LoadDriver,
  count: number,
): Promise<FailoverResult> => {
  const { random, now, signal } = driver
  const remaining = [...serviceNames]
  const chosen = Array.from({ length: Math.min(count, remaining.length) }, () =>
    remaining.splice(random.below(remaining.length), 1),
  ).flat()
  const records: FailoverRecord[] = []
  const groups: ReturnType<typeof serveDuringPause>[] = []
  for (const service of chosen) {
    const [paused, other] = instances.filter((instance) => instance.service === service)
    if (!paused || !other) throw new Error(`${service} does not have two instances.`)
    const measure = async () => {
      const countBefore = await countHandledDeliveries(other.url)
      for (let waitedMs = 0; waitedMs < windowMs; waitedMs += groupEveryMs) {
        groups.push(serveDuringPause(driver))
        await pause(groupEveryMs, undefined, { signal })
      }
      return (await countHandledDeliveries(other.url)) - countBefore
    }
    const before = await measure()
    paused.signal('SIGSTOP')
    const atMs = now()
    const during = await measure().finally(() => paused.signal('SIGCONT'))
    const overAtMs = now()
    const fault = { kind: 'failover', target: paused.name, atMs, healedAtMs: overAtMs, overAtMs }
    records.push({ service, before, during, pause: fault })
  }
  const served = await Promise.all(groups)
  return {
    records,
    answers: served.flatMap(({ answers }) => answers),
    unanswered: served.reduce((sum, { unanswered }) => sum + unanswered, 0),
  }
}
