/** The payment intent for an order: the requested capture and its outcome. */
import type { IntentStatus, RefundOutcome } from '../gateway.ts'

/** How long a gateway keeps an idempotency key, ms. */
export const keyLifetimeMs = 24 * 3_600_000

/** The response to a call. `failed` is a 500, and `pending` is that of a refund. */
export type Answer = IntentStatus | RefundOutcome | { readonly status: 'failed' | 'pending' }

export interface Intent {
  readonly reference: string
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  readonly status: IntentStatus['status']
  /** The payment method. Null until the first confirmation. */
  readonly method: string | null
  readonly declineCode: string | null
  readonly confirmations: number
  /** When the processing of the confirmation or of the refund ends. Null if there was none. */
  readonly dueAt: Date | null
  readonly captured: number
  readonly refunded: number
  /** The number of captures. More than 1 means that the customer was charged twice. */
  readonly captureCount: number
  readonly refundCount: number
  /** The stored response for each idempotency key, and when it was stored (RFC 3339). */
  readonly answers: Readonly<Record<string, { readonly answer: Answer; readonly at: string }>>
}

export const capture = (intent: Intent): Intent => ({
  ...intent,
  status: 'captured',
  captured: intent.captured + intent.amount,
  captureCount: intent.captureCount + 1,
})

/** Captures the amount if the processing of the confirmation is due to end. */
export const finishProcessing = (intent: Intent, now: Date): Intent =>
  intent.status === 'processing' && intent.dueAt !== null && intent.dueAt <= now ? capture(intent) : intent

export const intentStatusOf = ({ status, reference, amount, currency, declineCode }: Intent): IntentStatus => {
  switch (status) {
    case 'captured':
      return { status, reference, amount, currency }
    case 'declined':
      return { status, reference, code: declineCode ?? 'unknown' }
    case 'unconfirmed':
    case 'processing':
    case 'cancelled':
      return { status, reference }
  }
}

/** The stored response for a key, unless the key has expired. */
export const storedAnswer = ({ answers }: Intent, key: string, now: Date): Answer | undefined => {
  const stored = answers[key]
  return stored && isUnexpired(stored.at, now) ? stored.answer : undefined
}

export const withAnswer = (intent: Intent, key: string, { answer, now }: { answer: Answer; now: Date }): Intent => ({
  ...intent,
  answers: {
    ...Object.fromEntries(Object.entries(intent.answers).filter(([, { at }]) => isUnexpired(at, now))),
    [key]: { answer, at: now.toISOString() },
  },
})

const isUnexpired = (at: string, now: Date): boolean => now.getTime() - Date.parse(at) < keyLifetimeMs
