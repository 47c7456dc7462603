/** The gateway's own object: what it was asked to capture, and what came of it. */
import type { RefundOutcome, Standing } from '../gateway.ts'

/** How long a gateway remembers an idempotency key, ms. */
export const keyLifetimeMs = 24 * 3_600_000

/** What a call was answered. `failed` is a 500. */
export type Answer = Standing | RefundOutcome | { readonly status: 'failed' }

export interface Intent {
  readonly reference: string
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  readonly status: Standing['status']
  /** How it is paid, known since it was first confirmed. */
  readonly method: string | null
  readonly declineCode: string | null
  readonly confirmations: number
  /** When a processing one is done. */
  readonly dueAt: Date | null
  readonly captured: number
  readonly refunded: number
  /** How often money moved: more than once would be the fault that the ledger is there to show. */
  readonly captureCount: number
  readonly refundCount: number
  /** By idempotency key: the answer that a repetition gets, and since when, as RFC 3339. */
  readonly answers: Readonly<Record<string, { readonly answer: Answer; readonly at: string }>>
}

export const capture = (intent: Intent): Intent => ({
  ...intent,
  status: 'captured',
  captured: intent.captured + intent.amount,
  captureCount: intent.captureCount + 1,
})

/** Processing ends when its time has come, without anybody's doing. */
export const settle = (intent: Intent, now: Date): Intent =>
  intent.status === 'processing' && intent.dueAt !== null && intent.dueAt <= now ? capture(intent) : intent

export const standingOf = ({ status, reference, amount, currency, declineCode }: Intent): Standing => {
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

/** The stored answer to a key, unless the key is forgotten. */
export const answerTo = ({ answers }: Intent, key: string, now: Date): Answer | undefined => {
  const stored = answers[key]
  return stored && isRemembered(stored.at, now) ? stored.answer : undefined
}

export const withAnswer = (intent: Intent, key: string, { answer, now }: { answer: Answer; now: Date }): Intent => ({
  ...intent,
  answers: {
    ...Object.fromEntries(Object.entries(intent.answers).filter(([, { at }]) => isRemembered(at, now))),
    [key]: { answer, at: now.toISOString() },
  },
})

const isRemembered = (at: string, now: Date): boolean => now.getTime() - Date.parse(at) < keyLifetimeMs
