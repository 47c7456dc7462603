/** After all faults: load without faults, which shows whether each instance works again. */
import { type CustomerAnswers, serveWithoutFaults } from './load/customers.ts'
import { countHandledDeliveries } from './load/handled-deliveries.ts'
import type { LoadDriver } from './load/load-driver.ts'
import type { AnswerCounts } from './load/retrying-client.ts'
import { answeredWithinMs, calmTimeoutMs, settledWithinMs, untilSettled } from './load/until-settled.ts'
import { answersRequests } from './world/answers-requests.ts'
import type { Instance } from './world/instance.ts'
import { isReadyWithin } from './world/until-ready.ts'
import type { World } from './world/world.ts'

export interface InstanceRecord {
  readonly name: string
  /** Whether it was ready soon after all faults. */
  readonly ready: boolean
  /** The deliveries from its inbox that it had handled before and after this load. Null if its metrics were not served. */
  readonly before: number | null
  readonly after: number | null
  /** Whether it answered a request after this load. A client would have repeated it at the other instance. */
  readonly answers: boolean
}

export interface CalmLoad {
  readonly served: CustomerAnswers
  readonly instances: readonly InstanceRecord[]
  /** The answers to the customers of this load. */
  readonly answerCounts: AnswerCounts
}

/** Over new connections, because the faults may have broken the idle ones. */
export const serveCalmly = async ({ instances }: World, driver: LoadDriver): Promise<CalmLoad> => {
  const ready = await Promise.all(instances.map(({ url }) => isReadyWithin(url, settledWithinMs)))
  const before = await Promise.all(instances.map(countFromInbox))
  const answerCounts: AnswerCounts = new Map()
  const group = driver.openGroup({ answerCounts, timeoutMs: calmTimeoutMs })
  const served = await group.within(answeredWithinMs, serveWithoutFaults(group))
  await untilSettled(driver)
  const after = await Promise.all(instances.map(countFromInbox))
  const answers = await Promise.all(instances.map(({ url }) => answersRequests(url)))
  const records = instances.map(({ name }, index) => ({
    name,
    ready: ready[index] ?? false,
    before: before[index] ?? null,
    after: after[index] ?? null,
    answers: answers[index] ?? false,
  }))
  return { served, instances: records, answerCounts }
}

const countFromInbox = ({ url, service }: Instance): Promise<number | null> =>
  countHandledDeliveries(url, `${service}.inbox`)
