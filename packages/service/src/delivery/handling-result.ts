/** What has come of handling a delivery once. */
import type { MessageType } from '@quadrille/events'

export type HandlingResult =
  /** It succeeded, and the delivery is settled. */
  | { readonly status: 'done' }
  /** Nothing is left to do: it was of no interest, or stays unsettled because the service stops. */
  | { readonly status: 'left' }
  | Failed

/** Handling failed, and the delivery is not settled yet. */
export interface Failed {
  readonly status: 'failed'
  readonly error: Error
  /** What it turned out to be, and which order it is about, where it could be read. */
  readonly type?: MessageType | undefined
  readonly orderId?: string | undefined
  /** How often this message is tried. Default RETRY_ATTEMPTS. */
  readonly maxAttempts?: number | undefined
  /** True for a task that was done, and whose outcome could not be stored: only that is to be tried again. Default false. */
  readonly performed?: boolean
}

export const done: HandlingResult = { status: 'done' }
export const left: HandlingResult = { status: 'left' }
