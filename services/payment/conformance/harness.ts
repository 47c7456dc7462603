/** The harness that an adapter's test provides, and helpers of the conformance suite. */
import { newOrderId } from '@quadrille/events'
import { neverAborted } from '@quadrille/testing'
import { expect, it } from 'vitest'
import type { ChargeOutcome, Gateway, IntentStatus, LedgerEntry } from '../src/gateway/gateway.ts'

/**
 * Names of payment methods for which the gateway behaves as described. Null if its test mode has no such method.
 */
export interface TestMethods {
  /** Captured immediately. */
  readonly captured: string
  /** Declined by the issuer, with this code. */
  readonly declined: { readonly method: string; readonly code: string }
  /** Declined for insufficient funds. */
  readonly insufficientFunds: string
  /** Captured, but the first response is lost. */
  readonly responseLost: string | null
  /** The first two confirmations get a server error and have no effect; the third captures. */
  readonly failsTwice: string | null
  /** Processed for a few seconds, and then captured. */
  readonly slow: string | null
  /** Captured; a refund is refused permanently, with this code. */
  readonly refundRefused: { readonly method: string; readonly code: string } | null
  /** Captured; the first two refunds get a server error and have no effect, the third succeeds. */
  readonly refundFailsTwice: string | null
  /** Captured; a refund is pending for a few seconds, and then succeeds. */
  readonly refundSlow: string | null
}

/** The features of the gateway, or of the harness around it. The suite prints which tests it leaves out without them. */
export interface GatewayFeatures {
  readonly methods: TestMethods
  /** An amount and a currency that the gateway permanently rejects, and the code of the decline. Null if it accepts all. */
  readonly rejectedTerms: { readonly amount: number; readonly currency: string; readonly code: string } | null
  /** The harness can move the gateway's clock. Otherwise the expiry of keys is not tested. */
  readonly movesClock: boolean
}

export interface GatewayHarness extends AsyncDisposable {
  /** Opens the adapter as a new process does, with the same account at the same gateway. */
  open(): Gateway
  /** Moves the gateway's clock forward. Required with `movesClock`. */
  readonly advance?: (ms: number) => void
  /**
   * Disconnects the gateway, for example by a proxy between it and the adapter. Until `reconnect` is called, calls get no response,
   * or are rejected with this Retry-After.
   */
  cutOff(retryAfterMs?: number): void
  reconnect(): void
}

export interface Suite {
  readonly features: GatewayFeatures
  readonly makeHarness: () => Promise<GatewayHarness>
}

/**
 * Defines a test that needs a feature, if the gateway has it. Otherwise prints that this is not tested. It is not skipped, because
 * `npm test` fails with skipped tests.
 */
export const itWith =
  (hasFeature: boolean) =>
  (title: string, run: () => Promise<void>): void => {
    if (hasFeature) it(title, run)
    // biome-ignore lint/suspicious/noConsole: shown by each reporter of vitest
    else console.log(`not tested, because the gateway lacks a feature for it: ${title}`)
  }

/** Longer than any gateway keeps idempotency keys. Stripe keeps them for at least 24 hours. */
export const keysDeletedMs = 25 * 3_600_000

/** An order, and the record that the payment service keeps of it: the first reference and the number of attempts. */
export interface TestOrder {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  /** Null until an attempt has begun. */
  reference(): string | null
  /** Charges the order through this gateway. `attempt` is the number of the attempt. Default: the next one. */
  charge(gateway: Gateway, method: string, options?: ChargeOptions): Promise<ChargeOutcome>
  cancel(gateway: Gateway): ReturnType<Gateway['cancel']>
  /** @throws if the order was never charged. */
  refund(gateway: Gateway, call?: { readonly round?: number; readonly attempt?: number }): ReturnType<Gateway['refund']>
  lookup(gateway: Gateway): Promise<IntentStatus>
}

export interface ChargeOptions {
  readonly attempt?: number
  readonly signal?: AbortSignal
  /** Called with the offered reference, before it is stored. */
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
        const permission = { reference: stored, attempt: attempt ?? attempts }
        await beforeConfirmed?.(permission.reference)
        return permission
      }
      return gateway.charge({ ...terms, method }, begin, signal)
    },
    cancel: (gateway) => gateway.cancel({ ...terms, reference: stored }),
    refund: (gateway, { round = 1, attempt = 1 } = {}) => gateway.refund({ reference: known(), round, attempt }),
    lookup: (gateway) => gateway.lookup(known()),
  }
}

/** The ledger entry of an order. */
export const entryOf = async (gateway: Gateway, { orderId }: TestOrder): Promise<LedgerEntry | undefined> => {
  const [entry] = await gateway.readLedger({ orderIds: [orderId] })
  return entry
}

/** Waits until `read` resolves to the expected value. A ledger may show a change late, and a confirmation may take long. */
export const until = <Value>(read: () => Promise<Value>): ReturnType<typeof expect.poll<Promise<Value>>> =>
  expect.poll(read, { timeout: 60_000, interval: 50 })

/** Waits until the ledger has this entry. */
export const untilLedger = (gateway: Gateway, order: TestOrder, entry: Partial<LedgerEntry>): Promise<void> =>
  until(() => entryOf(gateway, order)).toMatchObject({ orderId: order.orderId, ...entry })
