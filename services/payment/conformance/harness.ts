/** What the conformance suite needs of a gateway adapter, and its tools: orders, attempts to charge, and the ledger. */
import { newOrderId } from '@quadrille/events'
import { neverAborted } from '@quadrille/testing'
import { expect } from 'vitest'
import type { ChargeOutcome, Gateway, LedgerEntry, Standing } from '../src/gateway/gateway.ts'

/** The names of payment methods that make the gateway behave in these ways. Null: the gateway's test mode has no such method. */
export interface TestMethods {
  /** Captured at once. */
  readonly captured: string
  /** Declined by the issuer, with this code. */
  readonly declined: { readonly method: string; readonly code: string }
  /** Declined for a lack of money. */
  readonly noMoney: string
  /** Captured, and the first answer is lost. */
  readonly answerLost: string | null
  /** The first two confirmations are answered by a server error and do nothing; the third captures. */
  readonly failsTwice: string | null
  /** Processed for a few seconds, and then captured. */
  readonly slow: string | null
  /** Captured, and a refund is refused for good, with this code. */
  readonly refundRefused: { readonly method: string; readonly code: string } | null
  /** Captured; the first two refunds are answered by a server error and do nothing, the third succeeds. */
  readonly refundFailsTwice: string | null
}

/** What the gateway, or the harness around it, lets a test do. The tests of the rest are left out. */
export interface GatewayFeatures {
  readonly methods: TestMethods
  /** The harness can move the gateway's clock. Where it can't, the tests do not cover what happens when keys are forgotten. */
  readonly movesClock: boolean
  /** The harness can cut the gateway off. */
  readonly cutsOff: boolean
}

export interface GatewayHarness extends AsyncDisposable {
  /** Opens the adapter as another process would, with the same account at the same gateway. */
  open(): Gateway
  /** Moves the gateway's clock forward. Needed if `movesClock`. */
  readonly advance?: (ms: number) => void
  /** Until `reconnect`, no call gets an answer, or each is refused with this Retry-After, ms. Needed if `cutsOff`. */
  readonly cutOff?: (retryAfterMs?: number) => void
  readonly reconnect?: () => void
}

export interface Suite {
  readonly features: GatewayFeatures
  readonly makeHarness: () => Promise<GatewayHarness>
}

/** Longer than any gateway keeps idempotency keys, ms. Stripe: at least 24 hours. */
export const keysForgottenMs = 25 * 3_600_000

/** One order, and payment's record of it: the first reference stays, and each attempt to charge has a number of its own. */
export interface TestOrder {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  /** Null until an attempt has begun. */
  reference(): string | null
  /** Charges it by this gateway; `attempt` is the number of the attempt. Default: the next one. */
  charge(gateway: Gateway, method: string, options?: ChargeOptions): Promise<ChargeOutcome>
  cancel(gateway: Gateway): ReturnType<Gateway['cancel']>
  /** @throws before it was charged. */
  refund(gateway: Gateway, call?: { readonly round?: number; readonly attempt?: number }): ReturnType<Gateway['refund']>
  lookup(gateway: Gateway): Promise<Standing>
}

export interface ChargeOptions {
  readonly attempt?: number
  readonly signal?: AbortSignal
  /** Called with the reference that is offered, before it is stored. */
  readonly beforeStored?: (offered: string) => Promise<void>
  /** Called with the reference to confirm, before it is confirmed. */
  readonly beforeConfirmed?: (reference: string) => Promise<void>
}

export const anOrder = (amount = 4_500, currency = 'EUR'): TestOrder => {
  const terms = { orderId: newOrderId(), amount, currency }
  let stored: string | null = null
  let attempts = 0
  const known = (): string => stored ?? expect.fail('The order was never charged.')
  return {
    ...terms,
    reference: () => stored,
    charge: (gateway, method, { attempt, signal = neverAborted, beforeStored, beforeConfirmed } = {}) => {
      const begin = async (offered: string) => {
        await beforeStored?.(offered)
        stored ??= offered
        attempts += 1
        const leave = { reference: stored, attempt: attempt ?? attempts }
        await beforeConfirmed?.(leave.reference)
        return leave
      }
      return gateway.charge({ ...terms, method }, begin, signal)
    },
    cancel: (gateway) => gateway.cancel({ ...terms, reference: stored }),
    refund: (gateway, { round = 1, attempt = 1 } = {}) => gateway.refund({ reference: known(), round, attempt }),
    lookup: (gateway) => gateway.lookup(known()),
  }
}

/** What the ledger has of an order. */
export const entryOf = async (gateway: Gateway, { orderId }: TestOrder): Promise<LedgerEntry | undefined> => {
  const [entry] = await gateway.readLedger({ orderIds: [orderId] })
  return entry
}

/** A gateway's ledger may show a change late, and a slow confirmation ends some time, within this, ms. */
const deadline = { timeout: 20_000, interval: 50 }

/** Waits until `read` resolves to what is expected. */
export const until = <Value>(read: () => Promise<Value>) => expect.poll(read, deadline)

/** Waits until the ledger shows this of an order. */
export const untilLedger = (gateway: Gateway, order: TestOrder, entry: Partial<LedgerEntry>): Promise<void> =>
  until(() => entryOf(gateway, order)).toMatchObject({ orderId: order.orderId, ...entry })
