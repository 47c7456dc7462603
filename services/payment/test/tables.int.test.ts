import { newOrderId } from '@quadrille/events'
import { type Database, faultOf, isLockTimeout, run, type Sql } from '@quadrille/postgres'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { claimedByTest, recordStatements } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { openPaymentStore } from '../src/db/payment-store.ts'
import { beginAttempts, findPayments, insertPayments, lockPayments, updatePayments } from '../src/db/payment-table.ts'
import type { Payment } from '../src/domain/payment.ts'
import { payment } from '../src/service.ts'
import { createGate } from './gate.ts'
import * as states from './payments.ts'
import { createWorlds, type World, type Worlds } from './world.ts'

let worlds: Worlds
let world: World
let database: Database
beforeAll(async () => {
  worlds = await createWorlds(inject('postgresUrl'))
  return worlds.close
})
beforeEach(async () => {
  world = await worlds.open()
  database = world.database
})
afterEach(() => world[Symbol.asyncDispose]())

const later = () => new Date(Date.now() + 60_000).toISOString()
const attempt = (orderId: string, reference = 'sim_1') => ({ orderId, reference, expiresAt: later() })
const lock = async (sql: Sql, orderIds: readonly string[]) => {
  return lockPayments(sql, await claimedByTest(sql, orderIds))
}
const pending = (orderId: string): Payment => ({ ...states.notBegun, orderId })

describe('the payment table', () => {
  const each: readonly Payment[] = [
    states.pending,
    states.notBegun,
    states.cancelling,
    states.voided,
    states.tombstone,
    states.declined,
    states.declinedAndCancelled,
    states.captured,
    states.refunding,
    states.refundFailed,
    states.refunded,
    states.refundedByHand,
  ].map((state) => ({ ...state, orderId: newOrderId() }))

  it('returns every state as it was stored', async () => {
    await run(database, insertPayments(each))
    const stored = await findPayments(
      database,
      each.map(({ orderId }) => orderId),
    )
    expect(new Set(stored)).toEqual(new Set(each))
  })

  it('accepts every state after every other state, and keeps the number of attempts', async () => {
    const orderId = newOrderId()
    await run(database, insertPayments([pending(orderId)]))
    for (const state of each) {
      await run(database, updatePayments([{ ...state, orderId, attempts: 99 }]))
      expect(await findPayments(database, [orderId])).toEqual([{ ...state, orderId, attempts: 0 }])
    }
  })

  it('stores the currency of the capture, as the gateway has reported it', async () => {
    const orderId = newOrderId()
    await run(database, insertPayments([pending(orderId)]))
    const captured: Payment = { ...states.captured, orderId, attempts: 0, currency: 'USD' }
    await run(database, updatePayments([captured]))
    expect(await findPayments(database, [orderId])).toEqual([captured])
  })

  it('locks payments in the order of their ids, so that batches do not deadlock', async () => {
    const ids = Array.from({ length: 20 }, newOrderId)
    await run(database, insertPayments(ids.map(pending)))
    const lockAll = (order: readonly string[]) => database.transaction((sql) => lock(sql, order))
    const begin = (order: readonly string[]) =>
      beginAttempts(
        database,
        order.map((id) => attempt(id)),
      )
    const rounds = Array.from({ length: 5 }, () => [
      lockAll(ids),
      lockAll(ids.toReversed()),
      begin(ids),
      begin(ids.toReversed()),
    ])
    await Promise.all(rounds.flat())
    const begun = (await Promise.all(rounds.map(([, , one, other]) => Promise.all([one, other])))).flat(2)
    const stored = await findPayments(database, ids)
    for (const { orderId, attempts } of stored)
      expect(begun.filter((each) => each?.orderId === orderId)).toHaveLength(attempts)
  })

  it('reports a conflict between two inserts of the same order', async () => {
    const orderId = newOrderId()
    await run(database, insertPayments([pending(orderId)]))
    const again = await run(database, insertPayments([pending(orderId)])).catch(faultOf)
    expect(again).toBe('conflict')
  })
})

describe('permission to charge', () => {
  it('is granted and counted for a pending payment, with the reference that was stored first', async () => {
    const orderId = newOrderId()
    await run(database, insertPayments([pending(orderId)]))
    const payments = openPaymentStore(database)
    expect(await payments.begin(attempt(orderId, 'sim_1'))).toEqual({ reference: 'sim_1', attempt: 1 })
    expect(await payments.begin(attempt(orderId, 'sim_2'))).toEqual({ reference: 'sim_1', attempt: 2 })
    expect(await payments.read(orderId)).toEqual({ ...pending(orderId), gatewayReference: 'sim_1', attempts: 2 })
  })

  it.each([states.cancelling, states.captured, states.declined, states.tombstone, states.refunded])(
    'is denied for a payment that is $status',
    async (state) => {
      const orderId = newOrderId()
      await run(database, insertPayments([{ ...state, orderId }]))
      expect(await openPaymentStore(database).begin(attempt(orderId))).toBeNull()
      expect(await findPayments(database, [orderId])).toEqual([{ ...state, orderId }])
    },
  )

  it('is denied for an expired or unknown order', async () => {
    const orderId = newOrderId()
    await run(database, insertPayments([pending(orderId)]))
    const payments = openPaymentStore(database)
    expect(
      await payments.begin({ ...attempt(orderId), expiresAt: new Date(Date.now() - 1_000).toISOString() }),
    ).toBeNull()
    expect(await payments.begin(attempt(newOrderId()))).toBeNull()
    expect(await findPayments(database, [orderId])).toEqual([pending(orderId)])
  })

  it('waits for a cancellation that is being committed, and is then denied', async () => {
    const orderId = newOrderId()
    await run(database, insertPayments([pending(orderId)]))
    const gate = createGate()
    const cancelling = database.transaction(async (sql) => {
      await lock(sql, [orderId])
      await gate.pass()
      await run(sql, updatePayments([{ ...states.cancelling, orderId, gatewayReference: null }]))
    })
    await gate.reached
    const asking = vi.spyOn(database, 'query')
    onTestFinished(() => asking.mockRestore())
    const permission = openPaymentStore(database).begin(attempt(orderId))
    await waitFor(() => expect(asking.mock.calls.length).toBeGreaterThan(1))
    gate.open()
    expect(await permission).toBeNull()
    await cancelling
  })

  it('waits for a locked payment without delaying another one', async () => {
    const [held, free] = [newOrderId(), newOrderId()]
    await run(database, insertPayments([pending(held), pending(free)]))
    const gate = createGate()
    const holding = database.transaction(async (sql) => {
      await lock(sql, [held])
      await gate.pass()
    })
    await gate.reached
    const payments = openPaymentStore(database)
    const refused = payments.begin(attempt(held)).catch((error: unknown) => error)
    expect(await payments.begin(attempt(free, 'sim_1'))).toEqual({ reference: 'sim_1', attempt: 1 })
    expect(isLockTimeout(await refused)).toBe(true)
    gate.open()
    await holding
    expect(await payments.begin(attempt(held, 'sim_2'))).toEqual({ reference: 'sim_2', attempt: 1 })
  })
})

describe('the statements', () => {
  /** The statements that load and save payments, half of which are new. */
  const statementsFor = async (orders: number): Promise<string[]> => {
    const statements: string[] = []
    const ids = Array.from({ length: orders }, newOrderId)
    await run(database, insertPayments(ids.map(pending)))
    const messages = ids.flatMap((orderId) => [
      aMessage('OrderCancelled', { ...anOrder(orderId), reason: 'customer' }),
      aMessage('OrderPlaced', aPlacedOrder(newOrderId())),
    ])
    await database.transaction(async (sql) => {
      const recorded = recordStatements(sql, statements)
      const claimedSql = await claimedByTest(
        sql,
        messages.map(({ subject }) => subject),
      )
      const set = await payment.tables.load(recorded, { messages, claimedSql, waits: true })
      for (const message of messages) set.put(message, { ...states.cancelling, orderId: message.subject })
      await recorded.commit(set.changes([]))
    })
    return statements
  }

  it('of a batch are the same for one order and for a hundred orders', async () => {
    const forOne = await statementsFor(1)
    expect(forOne).toHaveLength(3)
    expect(await statementsFor(100)).toEqual(forOne)
  })
})
