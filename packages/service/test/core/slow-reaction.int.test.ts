/** A reaction that computes for so long that Postgres ends the idle transaction. Its writes are large. */
import { openDatabase } from '@quadrille/postgres'
import { expect, inject, it, onTestFinished } from 'vitest'
import { parcelSent } from '../tally/parcels.ts'
import { startTally } from '../tally/tally.ts'
import { instanceOn } from '../tally/tally-instance.ts'

it('fails only its own message, and the rest of its batch is applied', async () => {
  const tally = await startTally(inject('postgresUrl'))
  onTestFinished(() => tally.drop())
  const database = openDatabase({
    url: tally.url,
    applicationName: 'tally',
    idleInTransactionMs: 400,
    onIdleError: () => undefined,
  })
  onTestFinished(() => database.end())
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const reactor = instanceOn(database, { stopping })
  const parcels = Array.from({ length: 3 }, (_, index) => parcelSent(index === 2 ? 'computes' : 'fine'))
  const outcomes = await Promise.all(parcels.map((decoded) => reactor({ decoded, patient: true })))
  expect(outcomes.map(({ status }) => status)).toEqual(parcels.map((_, index) => (index === 2 ? 'failed' : 'applied')))
  expect(outcomes[2]).toMatchObject({ error: { name: 'TooSlow', cause: { code: '25P03' } } })
})
