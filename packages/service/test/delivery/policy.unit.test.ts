import { describe, expect, it } from 'vitest'
import { createPostgresAvailability } from '../../src/core/postgres-availability.ts'
import { Incoming } from '../../src/delivery/incoming.ts'
import { abandoned, applied, ignored, type Outcome } from '../../src/delivery/outcome.ts'
import { waitForPostgres } from '../../src/delivery/policies/wait-for-postgres.ts'
import { answerEarly, type Handle, withPolicies } from '../../src/delivery/policy.ts'
import { Unavailable } from '../../src/errors/unavailable.ts'
import { post } from '../post.ts'
import { aDelivery } from './a-delivery.ts'

const incoming = (id: string): Incoming => new Incoming(aDelivery({ id }), post)
const batch = ['a', 'b', 'c'].map(incoming)
const idOf = ({ delivery }: Incoming) => delivery.message.id
const unavailable: Outcome = { status: 'unavailable', error: new Unavailable('Postgres is not available.') }

describe('policies', () => {
  it('surround the handler, the first one outermost', async () => {
    const calls: string[] = []
    const policy = (name: string) => (next: Handle) => (items: readonly Incoming[]) => {
      calls.push(name)
      return next(items)
    }
    await withPolicies([policy('outer'), policy('inner')], async (items) => {
      calls.push('handler')
      return items.map(() => applied)
    })(batch)
    expect(calls).toEqual(['outer', 'inner', 'handler'])
  })

  it('answer early for some deliveries, and the handler gets the others', async () => {
    const handled: string[] = []
    const outcomes = await answerEarly(
      batch,
      (item) => (idOf(item) === 'b' ? ignored : undefined),
      async (items) => {
        handled.push(...items.map(idOf))
        return items.map(() => applied)
      },
    )
    expect(outcomes).toEqual([applied, ignored, applied])
    expect(handled).toEqual(['a', 'c'])
  })
})

describe('while Postgres is unavailable', () => {
  it('only unhandled messages are handled again', async () => {
    const stopping = new AbortController()
    const tries: string[][] = []
    const policy = waitForPostgres(
      createPostgresAvailability({ signal: stopping.signal, random: () => 0 }),
      stopping.signal,
    )
    const outcomes = await policy(async (items) => {
      tries.push(items.map(idOf))
      return items.map((item) => (tries.length === 1 && idOf(item) !== 'a' ? unavailable : applied))
    })(batch)
    expect(outcomes).toEqual([applied, applied, applied])
    expect(tries).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ])
  })

  it('it is awaited until the messages have another outcome, even if nothing is committed', async () => {
    const { signal } = new AbortController()
    const availability = createPostgresAvailability({ signal, random: () => 0 })
    const awaited: boolean[] = []
    await waitForPostgres(
      availability,
      signal,
    )(async (items) => {
      awaited.push(availability.isAwaited())
      return items.map(() => (awaited.length === 1 ? unavailable : ignored))
    })(batch)
    expect([...awaited, availability.isAwaited()]).toEqual([false, true, false])
  })

  it('lost messages are not handled again, so that they leave the memory', async () => {
    const { signal } = new AbortController()
    const policy = waitForPostgres(createPostgresAvailability({ signal, random: () => 0 }), signal)
    let isLost = false
    const tries: string[][] = []
    const outcomes = await policy(async (items) => {
      tries.push(items.map(idOf))
      if (tries.length === 1) isLost = true
      return items.map(() => (tries.length === 1 ? unavailable : applied))
    })([new Incoming(aDelivery({ id: 'lost' }, { isLost: () => isLost }), post), incoming('live')])
    expect(outcomes).toEqual([abandoned, applied])
    expect(tries).toEqual([['lost', 'live'], ['live']])
  })

  it('unhandled messages stay unsettled if the service stops', async () => {
    const stopping = new AbortController()
    const policy = waitForPostgres(createPostgresAvailability({ signal: stopping.signal }), stopping.signal)
    const outcomes = policy(async (items) => items.map((item) => (idOf(item) === 'a' ? applied : unavailable)))(batch)
    setImmediate(() => stopping.abort())
    expect(await outcomes).toEqual([applied, unavailable, unavailable])
  })
})
