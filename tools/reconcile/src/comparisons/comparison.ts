/** The comparison of one service's records with an order's history. */
import type { Draft } from '@quadrille/events'
import type { EventKey, History } from '../history.ts'

export interface Comparison {
  /** Events in the history that the records lack, and that the service must handle next. Later rounds find the others. */
  readonly missed: readonly EventKey[]
  /** Events that the service has published, according to its records. The history may lack some of them. */
  readonly published: readonly Draft[]
  /** Tasks whose outcomes the records lack. A repeated task has its effect once. */
  readonly tasks: readonly Draft[]
}

/** Compares the records of an order with its history. */
export type Compare = (orderId: string, history: History) => Comparison
