/** Parcels of fulfilled orders during the faults. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '@quadrille/testing'
import { query } from '../world/query.ts'
import type { RetryingClient } from './retrying-client.ts'

export interface Dispatches {
  /** Dispatches a parcel of a fulfilled order, if there is one. Resolves when it is answered. */
  next(): Promise<void>
  /** The keys of the dispatches that were answered with 200. */
  confirmed(): readonly string[]
}

export interface DispatchOptions {
  readonly random: Random
  readonly signal: AbortSignal
  /** The URL of the order service's database. */
  readonly orders: string
}

/** Shipping may learn of an order seconds after it is fulfilled, or not before a fault ends. */
const retryUnknownAfterMs = 500

export const dispatchesOf = (shop: RetryingClient, { random, signal, orders }: DispatchOptions): Dispatches => {
  const confirmed: string[] = []
  /** Resolves to whether the parcel is dispatched. */
  const dispatch = async (orderId: string, key: string): Promise<boolean> => {
    for (;;) {
      const { status } = await shop.dispatchTwice(orderId, { carrier: 'Chaos Parcels', trackingCode: key }, key)
      if (status !== 404) return status === 200
      await pause(retryUnknownAfterMs, undefined, { signal })
    }
  }
  return {
    next: async () => {
      const orderId = await findFulfilled(orders, random)
      if (orderId === null) return
      const key = random.uuid()
      if (await dispatch(orderId, key)) confirmed.push(key)
    },
    confirmed: () => confirmed,
  }
}

/** One of the latest fulfilled orders. Null without one, or while Postgres is unavailable. */
const findFulfilled = async (orders: string, random: Random): Promise<string | null> => {
  const found = await query<{ id: string }>(
    orders,
    `select id from customer_order where settled and cancellation_reason is null order by id desc limit 100`,
  ).catch(() => [])
  return found.length > 0 ? random.pick(found).id : null
}
