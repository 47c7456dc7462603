/** The names and the state of a queue, in words. */
import type { QueueState } from '../../api/types.ts'
import type { FlowService } from './flow-map.ts'

/** "inbox", or the name of a work queue without that of its service, such as "tasks". */
export const titleOf = ({ name: service, work }: FlowService, queue: string): string =>
  work?.queues.includes(queue) ? queue.replace(`${service}.`, '') : 'inbox'

/** A count that is not known is a dash. */
export const shownCount = (count: number | null): string => (count === null ? '–' : count.toLocaleString())

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
  ...(deadLetters > 0 ? [{ text: `${shownCount(deadLetters)} dead`, isAlarming: true }] : []),
  ...(retrying > 0 ? [{ text: `${shownCount(retrying)} retrying`, isAlarming: false }] : []),
]
