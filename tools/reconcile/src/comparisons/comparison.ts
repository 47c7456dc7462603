/** The comparison of one service's records with an order's history. */
import type { Draft } from '@quadrille/events'
import type { EventKey, History } from '../history.ts'

export interface Comparison {
  /** Events of the history that the records lack and the service should handle now. Further ones follow later. */
  readonly missed: readonly EventKey[]
  /** Events that the service has published, according to its records. The history may lack some of them. */
  readonly published: readonly Draft[]
  /** External work that the records wait for. Repeated work has its effect once. */
  readonly tasks: readonly Draft[]
}

/** Compares the records of an order with its history. */
export type Compare = (orderId: string, history: History) => Comparison
