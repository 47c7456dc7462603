/** After all faults: an instance is paused, and its twin must continue the work. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type ServiceName, serviceNames } from '@quadrille/events'
import { serveInCalm } from './load/customers.ts'
import { deliveriesHandled } from './load/handled.ts'
import type { LoadDriver } from './load/load-driver.ts'
import type { World } from './world/world.ts'

/** The deliveries of a paused instance's twin, in equal times. */
export interface TwinRecord {
  readonly service: ServiceName
  /** Deliveries. */
  readonly before: number
  readonly meanwhile: number
}

export interface Twins {
  readonly records: readonly TwinRecord[]
  readonly answers: readonly Answer[]
  readonly unanswered: number
}

/** Shorter than an order may stay open, so that none expires. */
const windowMs = 6_000

/** The interval between two groups of customers, ms. Each group places an order of each kind. */
const crowdEveryMs = 3_000

/** Pauses an instance of `count` services by SIGSTOP, one after the other, under steady load. */
export const stopTwins = async ({ instances }: World, driver: LoadDriver, count: number): Promise<Twins> => {
  const { random, signal } = driver
  const left = [...serviceNames]
  const chosen = Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(random.below(left.length), 1),
  ).flat()
  const records: TwinRecord[] = []
  const crowds: ReturnType<typeof serveInCalm>[] = []
  for (const service of chosen) {
    const [stopped, twin] = instances.filter((instance) => instance.service === service)
    if (!stopped || !twin) throw new Error(`${service} does not have two instances.`)
    const measure = async () => {
      const atFirst = await deliveriesHandled(twin.url)
      for (let waitedMs = 0; waitedMs < windowMs; waitedMs += crowdEveryMs) {
        crowds.push(serveInCalm(driver))
        await pause(crowdEveryMs, undefined, { signal })
      }
      return (await deliveriesHandled(twin.url)) - atFirst
    }
    const before = await measure()
    stopped.signal('SIGSTOP')
    const meanwhile = await measure().finally(() => stopped.signal('SIGCONT'))
    records.push({ service, before, meanwhile })
  }
  const served = await Promise.all(crowds)
  return {
    records,
    answers: served.flatMap(({ answers }) => answers),
    unanswered: served.reduce((sum, { unanswered }) => sum + unanswered, 0),
  }
}
