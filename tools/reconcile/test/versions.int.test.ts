import { mapServices } from '@quadrille/events'
import { openDatabase } from '@quadrille/postgres'
import { expect, inject, onTestFinished, test } from 'vitest'
import { findPublishedVersions } from '../src/versions.ts'
import { createDatabases } from './running-shop.ts'

test('a message is sent in the version in which its service publishes it', async () => {
  const { databases, drop } = await createDatabases(inject('postgresUrl'))
  onTestFinished(async () => void (await drop()))
  const open = (url: string) => {
    const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
    onTestFinished(() => database.end())
    return database
  }
  const sources = mapServices((service) => open(databases[service]))
  await sources.payment.query('delete from readable_version') // the database is older than this table
  const versions = await findPublishedVersions(sources)
  expect(versions).toMatchObject({ OrderCancelled: 2, OrderFulfilled: 2, Notify: 2 })
  expect(versions).not.toHaveProperty('PaymentDeclined')
})
