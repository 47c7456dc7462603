/** After all is healed: an instance is stopped, and its twin must go on with the work. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type ServiceName, serviceNames } from '@quadrille/events'
import { serveInCalm } from './load/customers.ts'
import { deliveriesHandled } from './load/handled.ts'
import type { Office } from './load/office.ts'
import type { World } from './world/world.ts'

/** What the twin of a stopped instance handled, in equal times. */
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

/** Shorter than an order may stay open: none expires for it. */
const windowMs = 6_000

/** Between two crowds of customers, ms: each places an order of each kind. */
const crowdEveryMs = 3_000

/** Stops an instance of so many services by SIGSTOP, one after the other, under steady load. */
export const stopTwins = async ({ instances }: World, office: Office, count: number): Promise<Twins> => {
  const { random, signal } = office
  const left = [...serviceNames]
  const chosen = Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(random.below(left.length), 1),
  ).flat()
  const records: TwinRecord[] = []
  const crowds: ReturnType<typeof serveInCalm>[] = []
  for (const service of chosen) {
    const [stopped, twin] = instances.filter((instance) => instance.service === service)
    if (!stopped || !twin) throw new Error(`${service} has no two instances.`)
    const measure = async () => {
      const atFirst = await deliveriesHandled(twin.url)
      for (let waitedMs = 0; waitedMs < windowMs; waitedMs += crowdEveryMs) {
        crowds.push(serveInCalm(office))
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
