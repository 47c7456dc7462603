/** One service's books of one order beside the order's history. */
import type { Draft } from '@quadrille/events'
import type { EventKey, History } from '../history.ts'

export interface Comparison {
  /** Of the history, what the books have missed and the service is to take in now. What follows from it comes after it. */
  readonly missed: readonly EventKey[]
  /** What the service has said, by its books: the history may lack some of it. */
  readonly said: readonly Draft[]
  /** External work that the books wait for. Done twice, it has its effect once. */
  readonly tasks: readonly Draft[]
}

/** Compares the books of an order with its history. */
export type Compare = (orderId: string, history: History) => Comparison
