/** A payment gateway in memory, behind a network that loses and delays calls and answers. */
import {
  checkChargeable,
  type Gateway,
  type IntentStatus,
  type OrderSelection,
  OutcomeUnknown,
} from '@quadrille/payment/gateway'
import {
  cancel,
  capture,
  confirm,
  createIntent,
  entryOf,
  type Intent,
  methodOf,
  refund,
  statusOf,
  type Terms,
} from './intent.ts'
import type { Call } from './network.ts'
import type { Pool } from './pool.ts'

/** The gateway rejects orders in this currency. */
export const unsupportedCurrency = 'XDR'

export interface MemoryGateway extends Gateway {
  /** By reference. */
  readonly intents: ReadonlyMap<string, Intent>
}

export const memoryGateway = (pool: Pool, call: Call): MemoryGateway => {
  const intents = new Map<string, Intent>()

  const find = (reference: string): Intent => {
    const intent = intents.get(reference)
    if (!intent) throw new Error(`There is no payment intent ${reference}.`)
    return intent
  }
  /** Null if there is no payment intent, and the gateway rejects the terms. */
  const findOrCreate = (terms: Terms): Intent | null => {
    checkChargeable(terms)
    const fresh = createIntent(terms)
    const existing = intents.get(fresh.reference)
    if (existing) return existing
    if (terms.currency === unsupportedCurrency) return null
    intents.set(fresh.reference, fresh)
    return fresh
  }
  const confirmBy = (reference: string, method: string): IntentStatus => {
    const intent = find(reference)
    const before = intent.status
    const confirmed = confirm(intent, methodOf(method))
    if (confirmed.status === 'processing' && before !== 'processing') {
      pool.add({ name: `the gateway captures ${reference}`, execute: () => capture(intent) })
    }
    return confirmed
  }

  return {
    intents,
    charge: async ({ method, orderId, amount, currency }, begin) => {
      const created = await call(`create ${orderId}`, () => findOrCreate({ orderId, amount, currency }))
      if (!created) return { status: 'declined', reference: null, code: 'currency_not_supported' }
      const attempt = await begin(created.reference)
      if (!attempt) return { status: 'stopped' }
      return finalStatus(await call(`confirm ${attempt.reference}`, () => confirmBy(attempt.reference, method)))
    },
    lookup: (reference) => call(`look up ${reference}`, () => statusOf(find(reference))),
    cancel: async ({ reference, ...terms }) => {
      const cancelled = await call(`cancel ${terms.orderId}`, () => {
        const intent = reference === null ? findOrCreate(terms) : find(reference)
        return intent && cancel(intent)
      })
      if (!cancelled) return { status: 'cancelled', reference: null }
      const final = finalStatus(cancelled)
      return final.status === 'captured' ? final : { status: 'cancelled', reference: final.reference }
    },
    refund: ({ reference, round }) => call(`refund ${reference}, round ${round}`, () => refund(find(reference), round)),
    readLedger: async (orders) =>
      [...intents.values()].filter(({ orderId }) => isSelected(orderId, orders)).map(entryOf),
  }
}

const isSelected = (orderId: string, orders: OrderSelection): boolean =>
  'orderIds' in orders ? orders.orderIds.includes(orderId) : orders.after < orderId && orderId <= orders.upTo

type FinalStatus = Exclude<IntentStatus, { status: 'unconfirmed' | 'processing' }>

/** @throws {OutcomeUnknown} if the gateway has no final status yet. */
const finalStatus = (intent: IntentStatus): FinalStatus => {
  if (intent.status === 'unconfirmed' || intent.status === 'processing') {
    throw new OutcomeUnknown(`${intent.reference} is ${intent.status}.`)
  }
  return intent
}
