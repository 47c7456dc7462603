/** Email passes the conformance suite, with and without a mail server. */
import { type ChannelHarness, channelConformance } from '../conformance/index.ts'
import { smtpEmail } from '../src/channels/smtp-email.ts'
import { storedEmail } from '../src/channels/stored-email.ts'
import { startMailServer } from './mail-server.ts'

const smtpHarness = async (): Promise<ChannelHarness> => {
  const server = await startMailServer()
  let runs = true
  const stop = async () => {
    if (runs) await server[Symbol.asyncDispose]()
    runs = false
  }
  return {
    open: () => smtpEmail({ url: server.url, from: 'shop@example.com', maxConnections: 5, tls: 'required' }),
    received: async () =>
      server.emails.map(({ raw }) => ({ id: /^message-id:\s+(<.+>)$/im.exec(raw)?.[1] ?? '', content: raw })),
    refuseNext: () => server.refuseNext('recipient', 550),
    deferNext: () => server.refuseNext('recipient', 451),
    startOutage: stop,
    loseConfirmations: server.loseConfirmations,
    [Symbol.asyncDispose]: stop,
  }
}

channelConformance('email by SMTP', {
  features: { transport: true, refusal: 'smtp_550', defers: true },
  makeHarness: smtpHarness,
})

channelConformance('email without a mail server', {
  features: { transport: false, refusal: null, defers: false },
  makeHarness: async () => ({
    open: () => storedEmail,
    received: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  }),
})
