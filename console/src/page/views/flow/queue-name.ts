/** The names and the state of a queue, in words. */
import type { QueueReport, QueueState } from '../../api/types.ts'
import type { FlowService } from './flow-map.ts'

/** "inbox", or the name of a work queue without that of its service, such as "tasks". */
export const titleOf = ({ name: service, work }: FlowService, queue: string): string =>
  work?.queues.includes(queue) ? queue.replace(`${service}.`, '') : 'inbox'

/** A count that is not known is a dash. */
export const shownCount = (count: number | null): string => (count === null ? '–' : count.toLocaleString())

/** The services count retries and dead letters up to this number, as the API document of `GET /queues` says. */
const countedUpTo = 10_000

/** A count of retries or dead letters: "10,000+" if there may be more. */
export const shownBounded = (count: number): string => `${shownCount(count)}${count >= countedUpTo ? '+' : ''}`

/** "2 instances", and how many would be enough if these are too few. */
export const instancesOf = ({ instances, instancesWanted }: QueueState): string => {
  if (instances === null) return 'instances unknown'
  const present = `${instances} ${instances === 1 ? 'instance' : 'instances'}`
  return instancesWanted !== null && instancesWanted > instances ? `${present}, wants ${instancesWanted}` : present
}

export interface Mark {
  readonly text: string
  readonly isAlarming: boolean
}

/** The irregularities of a queue, the worst first. Empty in normal operation. */
export const marksOf = ({ deadLetters, heldFor, circuitOpen, retrying }: QueueState): readonly Mark[] => [
  ...(circuitOpen ? [{ text: 'no answer', isAlarming: true }] : []),
  ...(heldFor === null ? [] : [{ text: 'held', isAlarming: true }]),
  ...(deadLetters > 0 ? [{ text: `${shownBounded(deadLetters)} dead`, isAlarming: true }] : []),
  ...(retrying > 0 ? [{ text: `${shownBounded(retrying)} retrying`, isAlarming: false }] : []),
]

/** Whether a service needs a person: one of its queues does, or it has dead letters of none of them. */
export const isAlarming = ({ queues, otherDeadLetters }: QueueReport): boolean =>
  otherDeadLetters > 0 || queues.some((queue) => marksOf(queue).some((mark) => mark.isAlarming))
