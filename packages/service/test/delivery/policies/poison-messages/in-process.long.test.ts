/** A message that crashes every process that handles it, among harmless messages, on the in-process broker. */
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { expectOnlyThePoisonToBeParked, good, openFixture, parcelSent, untilParked } from './crashing.ts'

// It starts seven processes, one after the other.
describe('a message that crashes its consumer', () => {
  it('is parked after three crashes together with others and three alone, on the in-process broker', async () => {
    const fixture = await openFixture()
    const [poison, before, after] = [parcelSent('poison'), good(), good()]
    const first = await fixture.start()
    first.kill('SIGKILL')
    await once(first, 'exit')
    const messages = [...before, poison, ...after]
    await fixture.database.query(
      `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until)
       select *, now() from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[])`,
      [
        messages.map(({ id }) => id),
        messages.map(({ type }) => type),
        messages.map(({ subject }) => subject),
        messages.map(() => 'crashing.direct'),
        messages.map(() => 'crashing.inbox'),
        messages.map((message) => JSON.stringify(message)),
      ],
    )
    expect(await untilParked(fixture, await fixture.start())).toBe(6)
    await expectOnlyThePoisonToBeParked(fixture, poison, [...before, ...after])
  })
})
