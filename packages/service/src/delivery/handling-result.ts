/** The result of handling a delivery once. */
export type HandlingResult =
  /** Handled: the delivery is settled. */
  | { readonly status: 'done' }
  /** Nothing more to do: the message was ignored, or stays unsettled because the service stops. */
  | { readonly status: 'left' }
  | Failed

/** Handling failed; the delivery is not settled yet. */
export interface Failed {
  readonly status: 'failed'
  readonly error: Error
  /** The type and the subject of the message, where it could be decoded. */
  readonly type?: string | undefined
  readonly subject?: string | undefined
  /** The number of attempts for this message. Default RETRY_ATTEMPTS. */
  readonly maxAttempts?: number | undefined
  /** True for a task that was performed and whose outcome could not be stored: only storing is tried again. Default false. */
  readonly performed?: boolean
}

export const done: HandlingResult = { status: 'done' }
export const left: HandlingResult = { status: 'left' }
