import { expect, inject, onTestFinished, test } from 'vitest'
import { parcelSent } from '../tally/parcels.ts'
import { startTally } from '../tally/tally.ts'

test('a reaction whose event violates its schema changes nothing, and does not affect other messages', async () => {
  const service = await startTally(inject('postgresUrl'))
  onTestFinished(() => service.drop())
  const apply = service.instance()
  const [invalid, other] = [parcelSent('invalid-event'), parcelSent()]
  const outcomes = [invalid, other].map((decoded) => apply({ decoded, patient: true }))
  expect(await Promise.all(outcomes)).toMatchObject([{ status: 'failed' }, { status: 'applied' }])
  const tallies = await service.tallies()
  expect(tallies.filter(({ parcelId }) => parcelId === invalid.message.subject)).toEqual([])
  expect(tallies).toHaveLength(1)
  expect(await service.outbox()).toBe(1)
  expect(await apply({ decoded: invalid, patient: true })).toMatchObject({ status: 'failed' }) // it is not a repetition
})
