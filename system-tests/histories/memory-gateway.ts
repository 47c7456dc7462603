/**
 * A payment gateway in memory that passes the conformance suite, behind a network that loses and delays calls and
 * answers.
 */
import {
  checkChargeable,
  type Gateway,
  type ObjectStatus,
  type OrderSelection,
  OutcomeUnknown,
} from '@quadrille/payment/gateway'
import type { Bag } from './bag.ts'
import {
  cancel,
  capture,
  confirm,
  createIntent,
  entryOf,
  type Intent,
  methodOf,
  refund,
  standingOf,
  type Terms,
} from './intent.ts'
import type { Call } from './network.ts'

export interface MemoryGateway extends Gateway {
  /** By reference. */
  readonly intents: ReadonlyMap<string, Intent>
}

export const memoryGateway = (bag: Bag, call: Call): MemoryGateway => {
  const intents = new Map<string, Intent>()

  const find = (reference: string): Intent => {
    const intent = intents.get(reference)
    if (!intent) throw new Error(`There is no object ${reference}.`)
    return intent
  }
  const findOrCreate = (terms: Terms): Intent => {
    checkChargeable(terms)
    const fresh = createIntent(terms)
    const intent = intents.get(fresh.reference) ?? fresh
    intents.set(intent.reference, intent)
    return intent
  }
  const confirmBy = (reference: string, method: string): ObjectStatus => {
    const intent = find(reference)
    const before = intent.status
    const standing = confirm(intent, methodOf(method))
    if (standing.status === 'processing' && before !== 'processing') {
      bag.add({ name: `the gateway ends processing ${reference}`, happen: () => capture(intent) })
    }
    return standing
  }

  return {
    intents,
    charge: async ({ method, orderId, amount, currency }, begin) => {
      const leave = await begin(
        await call(`create ${orderId}`, () => findOrCreate({ orderId, amount, currency }).reference),
      )
      if (!leave) return { status: 'stopped' }
      return known(await call(`confirm ${leave.reference}`, () => confirmBy(leave.reference, method)))
    },
    lookup: (reference) => call(`look up ${reference}`, () => standingOf(find(reference))),
    cancel: async ({ reference, ...terms }) => {
      const intent = () => (reference === null ? findOrCreate(terms) : find(reference))
      const standing = known(await call(`cancel ${terms.orderId}`, () => cancel(intent())))
      return standing.status === 'captured' ? standing : { status: 'cancelled', reference: standing.reference }
    },
    refund: ({ reference, round }) => call(`refund ${reference}, round ${round}`, () => refund(find(reference), round)),
    readLedger: async (orders) =>
      [...intents.values()].filter(({ orderId }) => isSelected(orderId, orders)).map(entryOf),
  }
}

const isSelected = (orderId: string, orders: OrderSelection): boolean =>
  'orderIds' in orders ? orders.orderIds.includes(orderId) : orders.after < orderId && orderId <= orders.upTo

type Known = Exclude<ObjectStatus, { status: 'unconfirmed' | 'processing' }>

/** @throws {OutcomeUnknown} if the gateway itself has no outcome yet. */
const known = (standing: ObjectStatus): Known => {
  if (standing.status === 'unconfirmed' || standing.status === 'processing') {
    throw new OutcomeUnknown(`${standing.reference} is ${standing.status}.`)
  }
  return standing
}
