import { expect, inject, it, onTestFinished } from 'vitest'
import { parcelSent } from '../tally/parcels.ts'
import { startTally } from '../tally/tally.ts'

it.each([
  ['violates its schema', 'invalid-event'],
  ['is larger than consumers accept', 'large-event'],
])('a reaction whose event %s changes nothing, and does not affect other messages', async (_, senderId) => {
  const service = await startTally(inject('postgresUrl'))
  onTestFinished(() => service.drop())
  const apply = service.instance()
  const [invalid, other] = [parcelSent(senderId), parcelSent()]
  const outcomes = [invalid, other].map((decoded) => apply({ decoded, patient: true }))
  expect(await Promise.all(outcomes)).toMatchObject([{ status: 'failed' }, { status: 'applied' }])
  const tallies = await service.tallies()
  expect(tallies.filter(({ parcelId }) => parcelId === invalid.message.subject)).toEqual([])
  expect(tallies).toHaveLength(1)
  expect(await service.outbox()).toBe(1)
  expect(await apply({ decoded: invalid, patient: true })).toMatchObject({ status: 'failed' }) // it is not a repetition
})
