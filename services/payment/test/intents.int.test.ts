import { newOrderId } from '@quadrille/events'
import { type Database, run } from '@quadrille/postgres'
import { noon, recordStatements } from '@quadrille/testing'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Intent } from '../src/gateway/simulated/intent.ts'
import { lockIntents, updateIntents } from '../src/gateway/simulated/intent-table.ts'
import { type Intents, openIntents } from '../src/gateway/simulated/intents.ts'
import { cancel, confirm, read, refund } from '../src/gateway/simulated/operations.ts'
import { createGate } from './gate.ts'
import { untilSessionWaitsForLock } from './locks.ts'
import { createWorlds, type World, type Worlds } from './world.ts'

let worlds: Worlds
let world: World
let intents: Intents
beforeAll(async () => {
  worlds = await createWorlds(inject('postgresUrl'))
  return worlds.close
})
beforeEach(async () => {
  world = await worlds.open()
  intents = openIntents(world.database, world.clock.now)
})
afterEach(() => world[Symbol.asyncDispose]())

const creation = (key: string) => ({ key, orderId: newOrderId(), amount: 4_500, currency: 'EUR' })
const day = 24 * 3_600_000

const stored = async (reference: string): Promise<Intent | undefined> =>
  (await world.database.transaction((sql) => lockIntents(sql, [reference])))[0]

describe('create', () => {
  it('creates one object per key, also for concurrent calls of two processes', async () => {
    const other = openIntents(world.database, world.clock.now)
    const one = creation('k')
    const references = await Promise.all([
      intents.create(one),
      intents.create(one),
      other.create(one),
      other.create(one),
    ])
    expect(new Set(references).size).toBe(1)
    expect(await intents.create(one)).toBe(references[0])
    expect(await world.database.query('select count(*)::integer as objects from gateway.intent')).toEqual([
      { objects: 1 },
    ])
  })

  it('finds the object of a known key in a batch that has new ones', async () => {
    const known = await intents.create(creation('known'))
    const keys = ['first', 'known', 'new'] // the first may be a batch of its own
    expect((await Promise.all(keys.map((key) => intents.create(creation(key)))))[1]).toBe(known)
  })

  it('creates another object if the key is 24 hours old', async () => {
    const first = await intents.create(creation('k'))
    world.clock.advance(day - 60_000)
    expect(await intents.create(creation('k'))).toBe(first)
    world.clock.advance(60_000)
    const second = await intents.create(creation('k'))
    expect(second).not.toBe(first)
    expect(await intents.create(creation('k'))).toBe(second)
  })
})

describe('call', () => {
  it('returns the stored response of a known key, also a 500, until the key expires and is deleted', async () => {
    const reference = await intents.create(creation('k'))
    const call = { reference, operation: confirm('pm_sim_flaky'), key: 'c1' }
    for (let time = 0; time < 3; time += 1) expect((await intents.call(call)).answer).toEqual({ status: 'failed' })
    expect(await stored(reference)).toMatchObject({ confirmations: 1, captureCount: 0 })
    world.clock.advance(day)
    expect((await intents.call({ ...call, key: 'c2' })).answer).toEqual({ status: 'failed' })
    expect(Object.keys((await stored(reference))?.answers ?? {})).toEqual(['c2'])
    expect((await intents.call(call)).answer).toMatchObject({ status: 'captured' })
    expect(await stored(reference)).toMatchObject({ confirmations: 3, captureCount: 1, captured: 4_500 })
  })

  it('declines an unknown method', async () => {
    const reference = await intents.create(creation('k'))
    const { answer } = await intents.call({ reference, operation: confirm('pm_card_nobody_knows'), key: 'c1' })
    expect(answer).toEqual({ status: 'declined', reference, code: 'unknown_method' })
  })

  it('refuses a refund while a confirmation is processed, for two seconds', async () => {
    let passedMs = 0
    const { create, call } = openIntents(world.database, () => new Date(noon.getTime() + passedMs))
    const reference = await create(creation('k'))
    expect((await call({ reference, operation: confirm('pm_sim_slow') })).answer.status).toBe('processing')
    passedMs = 1_999
    const refused = { status: 'refused', code: 'not_captured' }
    expect((await call({ reference, operation: refund })).answer).toEqual(refused)
    passedMs = 2_000
    expect((await call({ reference, operation: refund })).answer).toEqual({ status: 'refunded' })
  })

  it('sees the changes of earlier calls in the batch', async () => {
    const reference = await intents.create(creation('k'))
    const answers = await Promise.all([
      intents.call({ reference, operation: read }),
      intents.call({ reference, operation: confirm('pm_card_visa'), key: 'c1' }),
      intents.call({ reference, operation: confirm('pm_card_visa'), key: 'c2' }),
      intents.call({ reference, operation: cancel }),
      intents.call({ reference, operation: refund, key: 'r1' }),
      intents.call({ reference, operation: refund, key: 'r2' }),
    ])
    expect(answers.map(({ answer }) => answer.status)).toEqual([
      'unconfirmed',
      'captured',
      'captured',
      'captured',
      'refunded',
      'refunded',
    ])
    expect(await stored(reference)).toMatchObject({ captureCount: 1, refundCount: 1, captured: 4_500, refunded: 4_500 })
  })

  it('waits for a concurrent call of another process, and sees its changes', async () => {
    const reference = await intents.create(creation('k'))
    const gate = createGate()
    const cancelling = world.database.transaction(async (sql) => {
      const [intent] = await lockIntents(sql, [reference])
      await gate.pass()
      if (intent) await run(sql, updateIntents([cancel(intent, world.clock.now()).intent]))
    })
    await gate.reached
    const confirming = intents.call({ reference, operation: confirm('pm_card_visa'), key: 'c1' })
    await untilSessionWaitsForLock(world.database)
    gate.open()
    await cancelling
    expect((await confirming).answer).toEqual({ status: 'cancelled', reference })
    expect(await stored(reference)).toMatchObject({ status: 'cancelled', captureCount: 0 })
  })

  it('throws for a missing object, without affecting other calls in the batch', async () => {
    const reference = await intents.create(creation('k'))
    const [known, unknown] = await Promise.allSettled([
      intents.call({ reference, operation: read }),
      intents.call({ reference: 'sim_0', operation: read }),
    ])
    expect(known.status).toBe('fulfilled')
    expect(unknown).toMatchObject({ status: 'rejected', reason: new Error('The gateway has no payment intent sim_0.') })
  })
})

it('a batch of any size takes at most two statements', async () => {
  const statements: string[] = []
  const database: Database = {
    query: (text, values) => {
      statements.push(text)
      return world.database.query(text, values)
    },
    transaction: (work) => world.database.transaction((sql) => work(recordStatements(sql, statements))),
    end: () => Promise.resolve(),
  }
  const counting = openIntents(database, world.clock.now)
  const references = await Promise.all(
    Array.from({ length: 100 }, (_, index) => counting.create(creation(`k${index}`))),
  )
  expect(statements.splice(0)).toHaveLength(1)
  const operation = confirm('pm_card_visa')
  await Promise.all(references.map((reference) => counting.call({ reference, operation, key: `c-${reference}` })))
  expect(statements.splice(0)).toHaveLength(2)
  await Promise.all(
    references.map((reference) => counting.call({ reference, operation: refund, key: `r-${reference}` })),
  )
  expect(statements.splice(0)).toHaveLength(2)
})
