/** Email passes the conformance suite, with and without a mail server. */
import { openDatabase } from '@quadrille/postgres'
import { migrateAll } from '@quadrille/service'
import { createTestDatabase, type Template } from '@quadrille/testing'
import { inject } from 'vitest'
import { type ChannelHarness, channelConformance } from '../conformance/index.ts'
import { smtpEmail } from '../src/channels/smtp-email.ts'
import { storedEmail } from '../src/channels/stored-email.ts'
import { notification } from '../src/service.ts'
import { startMailServer } from './mail-server.ts'

const template: Template = {
  name: 'notification',
  fill: (url) => migrateAll(url, notification),
}

/** A migrated database, and a function that drops it. */
const openMigrated = async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), template)
  const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  const close = async () => {
    await database.end()
    await drop()
  }
  return { database, close }
}

const smtpHarness = async (): Promise<ChannelHarness> => {
  const [server, { database, close }] = await Promise.all([startMailServer(), openMigrated()])
  let runs = true
  const stop = async () => {
    if (runs) await server[Symbol.asyncDispose]()
    runs = false
  }
  return {
    database,
    open: () => smtpEmail({ url: server.url, from: 'shop@example.com', maxConnections: 5, tls: 'required' }),
    received: async () =>
      server.emails.map(({ raw }) => ({ id: /^message-id:\s+(<.+>)$/im.exec(raw)?.[1] ?? '', content: raw })),
    refuseNext: () => server.refuseNext('recipient', 550),
    deferNext: () => server.refuseNext('recipient', 451),
    startOutage: stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
      await close()
    },
  }
}

channelConformance('email by SMTP', {
  features: { transport: true, refusal: 'smtp_550', defers: true },
  makeHarness: smtpHarness,
})

channelConformance('email without a mail server', {
  features: { transport: false, refusal: null, defers: false },
  makeHarness: async () => {
    const { database, close } = await openMigrated()
    return { database, open: () => storedEmail, received: async () => [], [Symbol.asyncDispose]: close }
  },
})
