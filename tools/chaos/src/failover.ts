/** After all faults: an instance is paused, and the other instance of its service must continue. */
import { setTimeout as pause } from 'node:timers/promises'
import { type ServiceName, serviceNames } from '@quadrille/events'
import type { Random } from '@quadrille/testing'
import type { InjectedFault } from './inject-faults.ts'
import { type CustomerAnswers, combine, serveDuringPause } from './load/customers.ts'
import { countHandledDeliveries } from './load/handled-deliveries.ts'
import type { GroupOptions, LoadDriver } from './load/load-driver.ts'
import { type AnswerCounts, isUnanswered, sumOfCounts } from './load/retrying-client.ts'
import { answeredWithinMs, calmTimeoutMs } from './load/until-settled.ts'
import { answersRequests } from './world/answers-requests.ts'
import type { Instance } from './world/instance.ts'
import type { World } from './world/world.ts'

/** The work of the other instance. */
export interface FailoverRecord {
  readonly service: ServiceName
  /** The deliveries that it handled before and during the pause, in equal times. Null if its metrics were not served. */
  readonly before: number | null
  readonly during: number | null
  /** The number of requests during the pause that only this instance got, and that it did not answer. */
  readonly unanswered: number
  readonly pause: InjectedFault
}

export interface FailoverResult {
  readonly records: readonly FailoverRecord[]
  readonly served: CustomerAnswers
  /** The answers to the requests that were sent to one instance only. */
  readonly answerCounts: AnswerCounts
}

export interface FailoverOptions {
  /** The number of services that are tested, one after the other. */
  readonly services: number
  /** The duration of a pause, ms. The default is shorter than `ORDER_TTL`, so that few orders expire. */
  readonly windowMs?: number
  /** The number of customers that arrive together. Default 100. */
  readonly customers?: number
}

/** In each of these parts of a pause the other instance gets requests. In every third one a group of customers arrives. */
const partsOfWindow = 6

/** Pauses an instance of some services by SIGSTOP under steady load. */
export const testFailover = async (
  { instances }: Pick<World, 'instances'>,
  driver: LoadDriver,
  { services, windowMs = 6_000, customers = 100 }: FailoverOptions,
): Promise<FailoverResult> => {
  const { random, now, signal } = driver
  const served: Promise<CustomerAnswers>[] = []
  const serve = (count: number, options: GroupOptions = {}) => {
    const group = driver.openGroup(options)
    const serving = group.within(answeredWithinMs, serveDuringPause(group, count))
    serving.catch(() => undefined) // awaited below, after all pauses
    served.push(serving)
  }
  const measure = async ({ url }: Instance, inEachPart: () => void) => {
    const before = await countHandledDeliveries(url)
    for (let part = 0; part < partsOfWindow; part += 1) {
      if (part % 3 === 0) serve(customers)
      inEachPart()
      await pause(windowMs / partsOfWindow, undefined, { signal })
    }
    const after = await countHandledDeliveries(url)
    return before === null || after === null ? null : after - before
  }
  const measured: Measured[] = []
  for (const service of drawServices(services, random)) {
    const [paused, other] = instances.filter((instance) => instance.service === service)
    if (!paused || !other) throw new Error(`${service} does not have two instances.`)
    const before = await measure(other, () => undefined)
    const [answerCounts, reads]: [AnswerCounts, Promise<boolean>[]] = [new Map(), []]
    const send = () => {
      if (service === 'order') serve(1, { number: other.number, answerCounts, timeoutMs: calmTimeoutMs })
      reads.push(answersRequests(other.url))
    }
    paused.signal('SIGSTOP')
    const atMs = now()
    const during = await measure(other, send).finally(() => paused.signal('SIGCONT'))
    const overAtMs = now()
    const fault = { kind: 'failover', target: paused.name, atMs, healedAtMs: overAtMs, overAtMs }
    measured.push({ record: { service, before, during, pause: fault }, answerCounts, reads })
  }
  return {
    served: combine(await Promise.all(served)),
    records: await Promise.all(measured.map(recordOf)),
    answerCounts: sumOfCounts(measured.map(({ answerCounts }) => answerCounts)),
  }
}

interface Measured {
  readonly record: Omit<FailoverRecord, 'unanswered'>
  /** The answers of the other instance of the order service to orders during the pause. */
  readonly answerCounts: AnswerCounts
  /** Whether it answered each of some other requests. */
  readonly reads: readonly Promise<boolean>[]
}

const recordOf = async ({ record, answerCounts, reads }: Measured): Promise<FailoverRecord> => {
  const orders = [...answerCounts].reduce((sum, [answer, count]) => sum + (isUnanswered(answer) ? count : 0), 0)
  const answered = await Promise.all(reads)
  return { ...record, unanswered: orders + answered.filter((one) => !one).length }
}

const drawServices = (count: number, random: Random): ServiceName[] => {
  const remaining = [...serviceNames]
  return Array.from({ length: Math.min(count, remaining.length) }, () =>
    remaining.splice(random.below(remaining.length), 1),
  ).flat()
}
