/** The end of a suspect whose row Postgres does not delete. */
import { outboxMigrations } from '@quadrille/outbox'
import type { Database } from '@quadrille/postgres'
import { openMigratedDatabase } from '@quadrille/testing'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { createPostgresAvailability } from '../../../../src/core/postgres-availability.ts'
import { Incoming } from '../../../../src/delivery/incoming.ts'
import { done } from '../../../../src/delivery/outcome.ts'
import { createSequence, isolatePoisonMessages } from '../../../../src/delivery/policies/poison-messages/isolate.ts'
import { post } from '../../../post.ts'
import { aDelivery } from '../../a-delivery.ts'

let database: Database
let close: () => Promise<void>
beforeEach(async () => {
  ;({ database, close } = await openMigratedDatabase(inject('postgresUrl'), outboxMigrations))
})
afterEach(() => close())

const refuse = () => database.query('alter table suspect rename to suspect_elsewhere')
const allow = () => database.query('alter table suspect_elsewhere rename to suspect')
const suspects = () => database.query('select 1 from suspect')

/** Handles a suspect. Postgres refuses to record its end. */
const handleRefused = (isLost: () => boolean, onRefused: () => unknown) => {
  const availability = createPostgresAvailability({ signal: new AbortController().signal })
  const isolate = isolatePoisonMessages({
    ...{ queue: 'queue', database, oneAtATime: createSequence() },
    availability: {
      retryWhileUnavailable: (work) =>
        availability.retryWhileUnavailable(async () => {
          try {
            return await work()
          } catch (error) {
            await onRefused()
            throw error
          }
        }),
    },
  })
  const handle = isolate(async (batch) => {
    await refuse()
    return batch.map(() => done)
  })
  return handle([new Incoming(aDelivery({}, { crashes: 3, isLost }), post)])
}

it('is recorded when Postgres allows it again', async () => {
  expect(await handleRefused(() => false, allow)).toEqual([done])
  expect(await suspects()).toEqual([])
})

it('is not awaited for a lost delivery, so that it keeps no other suspect in memory', async () => {
  let isLost = false
  const lose = () => {
    isLost = true
  }
  expect(await handleRefused(() => isLost, lose)).toEqual([done])
  await allow()
  expect(await suspects()).toHaveLength(1) // its copy records the end
})
