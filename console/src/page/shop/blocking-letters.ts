/** The dead letters of an order, wherever they are. */
import type { Whereabouts } from '../api/types.ts'

/** A parked message of an order. */
export interface BlockingLetter {
  readonly service: string
  readonly id: string
  /** The type of the message. */
  readonly type: string
}

/** Those that a service holds, of one of its answers about the order. */
export const lettersOf = (service: string, { waiting }: Pick<Whereabouts, 'waiting'>): BlockingLetter[] =>
  waiting.flatMap(({ deadLetterId, type }) => (deadLetterId === null ? [] : [{ service, id: deadLetterId, type }]))
