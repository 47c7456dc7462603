/** The effect of repeated batches on the relay. */
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { parcelSent } from '../tally/parcels.ts'
import { startTally, type TallyService } from '../tally/tally.ts'
import { instanceOn, relayOn } from '../tally/tally-instance.ts'

let tally: TallyService
beforeEach(async () => {
  tally = await startTally(inject('postgresUrl'))
})
afterEach(() => tally.drop())

it('a conflict occupies no place in the window: after many, messages are still sent right after their commit', async () => {
  const { database } = tally
  await database.query('create sequence commits')
  await database.query(`create function conflict_five_times() returns trigger language plpgsql as $$ begin
    if nextval('commits') % 6 <> 0 then raise serialization_failure; end if;
    return null;
  end $$`)
  await database.query(`create constraint trigger conflict after insert on outbox deferrable initially deferred
    for each row execute function conflict_five_times()`)
  const sent: string[] = []
  const publisher = {
    publish: async (_: unknown, { correlationId }: { correlationId: string }) => void sent.push(correlationId),
    waitingFor: () => null,
    outboxAsQueue: null,
  }
  const react = instanceOn(database, { relay: relayOn(database, { publisher, window: 5 }) }) // it doesn't sweep
  const messages = [parcelSent(), parcelSent(), parcelSent()]
  for (const decoded of messages) expect(await react({ decoded, patient: false })).toMatchObject({ status: 'applied' })
  expect(sent).toEqual(messages.map(({ message }) => message.subject))
})
