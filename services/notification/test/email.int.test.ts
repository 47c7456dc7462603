import { draft, newOrderId } from '@quadrille/events'
import { noCallMade, readConfig } from '@quadrille/service'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openChannels } from '../src/channels/open-channels.ts'
import { smtpEmail } from '../src/channels/smtp-email.ts'
import { config } from '../src/config.ts'
import type { NotificationKey } from '../src/domain/notification.ts'
import { notify } from '../src/tasks/notify.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

let mailServer: MailServer
let loggedErrors: unknown[]
beforeEach(async () => {
  mailServer = await startMailServer()
  loggedErrors = []
  isPending = true
})
afterEach(() => mailServer[Symbol.asyncDispose]())

const orderId = newOrderId()
const { customer, currency, total } = anOrder(orderId)
const notice = { orderId, occasion: 'order_placed', customer, currency, total } as const
const key = { orderId, channel: 'email', occasion: 'order_placed' } as const
const message = aMessage('Notify', notice)
const running = new AbortController().signal

let isPending = true
const options = {
  store: {
    acquire: async (key: NotificationKey) =>
      isPending ? { ...key, until: '', sentOccasions: [], leftMs: () => 3_600_000 } : ('not_pending' as const),
    release: async () => undefined,
  },
  maxAttempts: 3,
  onExhausted: (error: unknown) => void loggedErrors.push(error),
  onNotReleased: () => undefined,
}
const emailTo = (url: string, maxConnections = 5) =>
  notify(smtpEmail({ url, from: 'shop@example.com', maxConnections, tls: 'required' }), options)
const attempt = (number: number, signal = running) => ({ number, signal })

const headersOf = (raw: string): Map<string, string> =>
  new Map(
    (raw.split('\r\n\r\n')[0] ?? '')
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )

describe('an email by SMTP', () => {
  it('reaches the customer as plain text', async () => {
    expect(await emailTo(mailServer.url).perform(message, attempt(1))).toEqual(
      draft('NotificationDelivered', { ...key, attempts: 1 }),
    )
    const [email] = mailServer.emails
    expect(email).toMatchObject({ from: 'shop@example.com', to: ['customer@example.com'] })
    const headers = headersOf(email?.raw ?? '')
    expect(Object.fromEntries(headers)).toMatchObject({
      from: 'shop@example.com',
      to: 'customer@example.com',
      subject: 'Thank you for your order',
      'message-id': `<${orderId}.email.order_placed@example.com>`,
      'auto-submitted': 'auto-generated',
      'content-type': 'text/plain; charset=utf-8',
    })
    expect(email?.raw).toContain(orderId)
  })

  it('is not sent without TLS to a mail server beyond the loopback, unless that is configured', async () => {
    const elsewhere = mailServer.url.replace('127.0.0.1', '0.0.0.0') // by its name
    const clock = { now: () => new Date(), measure: async () => true, wentAhead: () => false }
    const configured = (variables: Readonly<Record<string, string>>) =>
      openChannels({ config: readConfig(config, { SMTP_URL: elsewhere, ...variables }), clock }).email.adapter
    await expect(configured({}).deliver(notice, running)).rejects.toMatchObject({ code: 'ETLS', outage: true })
    expect(mailServer.emails).toEqual([])
    await configured({ SMTP_TLS: 'off' }).deliver(notice, running)
    expect(mailServer.emails).toHaveLength(1)
  })

  it('has the same Message-ID if its task is repeated, and a different one for another occasion', async () => {
    const task = emailTo(mailServer.url)
    await task.perform(message, attempt(1))
    await task.perform(message, attempt(1))
    await task.perform(aMessage('Notify', { ...notice, occasion: 'order_cancelled' }), attempt(1))
    const [first, second, third] = mailServer.emails.map(({ raw }) => headersOf(raw).get('message-id'))
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  it('about a parcel has a valid Message-ID, which contains no colon', async () => {
    const occasion = 'shipment_dispatched:2026-11-26T19:30:00.000Z' as const
    const parcel = { carrier: 'DHL', trackingCode: '003404' }
    await emailTo(mailServer.url).perform(aMessage('Notify', { ...notice, occasion, parcel }), attempt(1))
    const [email] = mailServer.emails
    expect(headersOf(email?.raw ?? '').get('message-id')).toBe(
      `<${orderId}.email.shipment_dispatched.2026-11-26T19.30.00.000Z@example.com>`,
    )
    expect(email?.raw).toContain('003404')
  })

  it('is not sent if the notification is not pending, at any attempt', async () => {
    isPending = false
    for (const number of [1, 2, 3])
      expect(await emailTo(mailServer.url).perform(message, attempt(number))).toBe(noCallMade)
    expect(mailServer.emails).toEqual([])
  })

  it.each(['recipient', 'content'] as const)('is not retried after a 550 to the %s', async (step) => {
    mailServer.refuseNext(step, 550)
    expect(await emailTo(mailServer.url).perform(message, attempt(1))).toEqual(
      draft('NotificationUndeliverable', { ...key, attempts: 1, code: 'smtp_550' }),
    )
    expect(mailServer.emails).toEqual([])
  })

  it.each([
    ['recipient', '451 not today'],
    ['content', '451 not today'],
    ['recipient', '450 4.7.1 Greylisted'],
    ['content', '451 4.7.1 Try again later'],
    ['recipient', '452 Mailbox is full'],
  ] as const)('is retried after a reply to the %s that shows no outage, and arrives: %s', async (step, reply) => {
    mailServer.refuseNext(step, reply)
    const task = emailTo(mailServer.url)
    await expect(task.perform(message, attempt(1))).rejects.toMatchObject({
      responseCode: Number.parseInt(reply, 10),
      outage: false,
      message: expect.stringMatching(/^E(ENVELOPE|MESSAGE) 45[\d. ]*$/), // not the reply, which may contain the address
    })
    expect(await task.perform(message, attempt(2))).toEqual(draft('NotificationDelivered', { ...key, attempts: 2 }))
    expect(mailServer.emails).toHaveLength(1)
  })

  it('fails after the last attempt if it is deferred repeatedly, and the reason is logged', async () => {
    mailServer.refuseNext('content', 451, 451, 451)
    const task = emailTo(mailServer.url)
    await expect(task.perform(message, attempt(1))).rejects.toThrow('451')
    await expect(task.perform(message, attempt(2))).rejects.toThrow('451')
    expect(await task.perform(message, attempt(3))).toMatchObject({
      outcome: draft('NotificationUndeliverable', { ...key, attempts: 3, code: 'attempts_exhausted' }),
      error: { responseCode: 451, outage: false },
    })
    expect(loggedErrors).toMatchObject([{ responseCode: 451 }])
  })

  it.each([1, 3, 100])('waits for a server that is down, even at attempt %d of 3', async (number) => {
    const { url } = mailServer
    await mailServer[Symbol.asyncDispose]()
    const attempted = emailTo(url).perform(message, attempt(number))
    await expect(attempted).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), outage: true })
    expect(loggedErrors).toEqual([])
  })

  it.each([
    ['sender', '550 Sender address is not verified'],
    ['sender', '553 5.1.8 Sender address rejected: domain not found'],
    ['recipient', '550 5.1.8 Sender address rejected: domain not found'],
    ['recipient', '553 5.1.7 Bad sender address'],
    ['recipient', '450 4.1.8 Sender address rejected: domain not found'],
    ['content', '550 5.7.26 This sender is unauthenticated'],
  ] as const)('waits if the server rejects the sender, in the reply to the %s: %s', async (step, reply) => {
    mailServer.refuseNext(step, reply)
    await expect(emailTo(mailServer.url).perform(message, attempt(3))).rejects.toMatchObject({ outage: true })
    expect(await emailTo(mailServer.url).perform(message, attempt(4))).toMatchObject({ type: 'NotificationDelivered' })
  })

  it.each([
    ['content', '421 Service shutting down'],
    ['recipient', '535 Authentication failed'],
  ] as const)('waits if the server ends or rejects the session, in the reply to the %s: %s', async (step, reply) => {
    mailServer.refuseNext(step, reply)
    await expect(emailTo(mailServer.url).perform(message, attempt(3))).rejects.toMatchObject({ outage: true })
  })

  it.each([
    ['recipient', '554 5.7.1 Service unavailable; client host is blocked'],
    ['content', '550 5.7.1 Message refused'],
    ['content', '451 4.3.0 Error: queue file write error'],
    ['recipient', '452 4.3.1 Insufficient system storage'],
    ['content', '550 5.4.5 Daily user sending limit exceeded'],
    ['recipient', '451 4.7.500 Server busy'],
    ['recipient', '454 4.7.1 Relay access denied'],
    ['content', '454 Throttling failure: Daily message quota exceeded'],
    ['content', '554 Message rejected: Email address is not verified'],
  ] as const)(
    'is evidence of an outage, and has failed after the last attempt, if all emails may be affected, in the reply to the %s: %s',
    async (step, reply) => {
      mailServer.refuseNext(step, reply, reply)
      const task = emailTo(mailServer.url)
      await expect(task.perform(message, attempt(2))).rejects.toMatchObject({ outage: true, limited: true })
      expect(await task.perform(message, attempt(3))).toMatchObject({
        outcome: { type: 'NotificationUndeliverable' },
        error: { outage: true },
      })
    },
  )

  it.each([
    '550 5.7.2 Mailing list expansion prohibited',
    '550 5.7.17 Mailbox owner has changed',
    '550 5.7.133 Sender not authenticated for group',
    '550 5.3.4 Message too big for system',
    "554 user doesn't have an account",
  ] as const)('is not retried after a reply about this email: %s', async (reply) => {
    mailServer.refuseNext('recipient', reply)
    const outcome = { type: 'NotificationUndeliverable', data: { code: `smtp_${Number.parseInt(reply, 10)}` } }
    expect(await emailTo(mailServer.url).perform(message, attempt(1))).toMatchObject(outcome)
  })

  it.each(['silent', 'closed'] as const)(
    'has a copy per attempt at most if its reply is missing: %s',
    async (unconfirmed) => {
      await using server = await startMailServer({ unconfirmed })
      const smtp = {
        url: server.url,
        from: 'shop@example.com',
        maxConnections: 5,
        tls: 'required',
        replyTimeoutMs: 3_000,
      } as const
      const task = notify(smtpEmail(smtp), options)
      await expect(task.perform(message, attempt(2))).rejects.toMatchObject({ outage: undefined, limited: true })
      expect(await task.perform(message, attempt(3))).toMatchObject({
        outcome: { type: 'NotificationUndeliverable' },
        error: { outage: undefined },
      })
      expect(server.emails).toHaveLength(2)
    },
  )

  it('waits if the server rejects the login', async () => {
    await using locked = await startMailServer({ authOptional: false })
    await expect(emailTo(locked.url).perform(message, attempt(1))).rejects.toMatchObject({
      responseCode: 530,
      outage: true,
    })
    const withPassword = locked.url.replace('//', '//shop:wrong@')
    await expect(emailTo(withPassword).perform(message, attempt(1))).rejects.toThrow('535')
  })

  it('is sent without TLS beyond the loopback only if the URL requests it', async () => {
    const elsewhere = mailServer.url.replace('127.0.0.1', '[::ffff:127.0.0.1]') // the same server, by a name that is not recognized as the loopback
    await expect(emailTo(elsewhere).perform(message, attempt(1))).rejects.toMatchObject({ outage: true })
    expect(mailServer.emails).toEqual([])
    const withoutTls = emailTo(`${elsewhere}?ignoreTLS=true`)
    expect(await withoutTls.perform(message, attempt(2))).toMatchObject({ type: 'NotificationDelivered' })
  })

  it('is abandoned when the service stops, even at the last attempt, before the reply', async () => {
    await using silent = await startMailServer({ unconfirmed: 'silent' })
    const stopping = new AbortController()
    const given = emailTo(silent.url).perform(message, attempt(3, stopping.signal))
    await expect.poll(() => silent.emails).toHaveLength(1)
    stopping.abort()
    await expect(given).rejects.toThrow()
    expect(loggedErrors).toEqual([])
  })

  it('is given up in time, as its lease requires, if the server never replies', async () => {
    await using silent = await startMailServer({ unconfirmed: 'silent' })
    const over = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal)
    onTestFinished(() => timeout.mockRestore())
    const channel = smtpEmail({ url: silent.url, from: 'shop@example.com', maxConnections: 5, tls: 'required' })
    const given = channel.deliver(notice, running)
    await expect.poll(() => silent.emails).toHaveLength(1)
    over.abort()
    await expect(given).rejects.toMatchObject({ limited: true })
    expect(timeout.mock.calls).toEqual([[channel.timeoutMs]])
  })

  it('cannot contain injected headers or recipients', async () => {
    const email = 'a@example.com>\r\nBcc: victim@example.com\r\n\r\nspam, victim@example.com'
    expect(() => aMessage('Notify', { ...notice, customer: { ...customer, email } })).toThrow('violates its schema')
    const channel = smtpEmail({ url: mailServer.url, from: 'shop@example.com', maxConnections: 5, tls: 'required' })
    const result = await channel.deliver({ ...notice, customer: { ...customer, email } }, running)
    expect(result).toEqual({ outcome: 'refused', code: 'smtp_501' })
    expect(mailServer.emails).toEqual([])
  })

  it.each([1, 5])('shares a pool of %d connections among concurrent emails', async (maxConnections) => {
    const task = emailTo(mailServer.url, maxConnections)
    const orders = Array.from({ length: 50 }, () => newOrderId())
    await Promise.all(orders.map((id) => task.perform(aMessage('Notify', { ...notice, orderId: id }), attempt(1))))
    expect(mailServer.emails).toHaveLength(50)
    expect(mailServer.mostConnections()).toBe(maxConnections)
  })
})
