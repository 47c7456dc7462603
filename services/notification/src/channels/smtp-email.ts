/** Email over SMTP (RFC 5321). */
import { createRequire } from 'node:module'
import type * as Nodemailer from 'nodemailer'
import type { Notice } from '../domain/notification-log.ts'
import type { Channel } from './channel.ts'
import { emailTextOf } from './email-text.ts'
import { refusalOf, smtpErrorOf } from './smtp-failure.ts'
import { type SmtpTls, startTlsIsRequired } from './smtp-tls.ts'

export interface SmtpOptions {
  /** smtp://user:password@host:port, or smtps:// for TLS from the start. */
  readonly url: string
  /** The sender's address. Its domain is in every Message-ID. */
  readonly from: string
  /** The maximum number of connections. Mail servers limit the connections of each client. */
  readonly maxConnections: number
  readonly tls: SmtpTls
  /** The time of each email. Default: the machine's clock. */
  readonly now?: () => Date
  /** The maximum time to wait for a reply, ms. */
  readonly replyTimeoutMs?: number
}

const transportOptions = {
  pool: true,
  /** An idle connection is closed after this time, ms, so it outlives the service by at most this time. */
  idleTimeout: 2_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  // Nodemailer must not load a file or a URL that a text names.
  disableFileAccess: true,
  disableUrlAccess: true,
} as const

/**
 * A client should wait for 10 minutes until the server confirms an email (RFC 5321, section 4.5.3.2.6). But an email that
 * waits keeps a connection, and a delivery that RabbitMQ takes back after 30 minutes. So a later confirmation is lost.
 */
const defaultReplyTimeoutMs = 60_000

/** The maximum duration of sending one email, ms. */
const sendTimeoutMs = 120_000

/**
 * Sends through the mail server at `url`. A further copy is sent only if the server's 250 reply was lost or came too late, or
 * the service stopped before it or could not store it. Each copy has the same Message-ID, unless the domain of `from` has
 * changed. If the reply is missing, the try counts as an attempt, so that the number of copies is limited. If TLS is required but
 * not available, nothing is sent, and the task is retried.
 */
export const smtpEmail = ({
  url,
  from,
  maxConnections,
  tls,
  now = () => new Date(),
  replyTimeoutMs = defaultReplyTimeoutMs,
}: SmtpOptions): Channel => {
  // Loaded only here, and as CommonJS: its other form loads Node's HTTP client.
  const { createTransport }: typeof Nodemailer = createRequire(import.meta.url)('nodemailer')
  const transport = createTransport({
    ...transportOptions,
    url,
    maxConnections,
    requireTLS: startTlsIsRequired(url, tls),
    socketTimeout: replyTimeoutMs,
  })
  /** The signals of deliveries whose whole email was written to a connection. Without a reply the outcome is unknown. */
  const written = new WeakSet<object>()
  transport.use('stream', ({ message, data: { signal } }, done) => {
    message?.processFunc((content) => content.once('end', () => signal && written.add(signal)))
    done()
  })
  return {
    name: 'email',
    sends: true,
    timeoutMs: sendTimeoutMs,
    concurrency: maxConnections,
    deliver: async (notice, signal) => {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)])
      try {
        await transport.sendMail({ ...mailOf(notice, from), date: now(), signal: ended })
        return { outcome: 'sent' }
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal) return refusal
        throw smtpErrorOf(error, { isWritten: written.has(ended) })
      }
    },
  }
}

/** A Message-ID contains no colon (RFC 5322, section 3.6.4). The occasion of a parcel does. */
const dotAtom = (occasion: Notice['occasion']): string => occasion.replaceAll(':', '.')

const mailOf = (notice: Notice, from: string) => ({
  from: { name: '', address: from },
  to: { name: '', address: notice.customer.email },
  messageId: `<${notice.orderId}.email.${dotAtom(notice.occasion)}@${from.slice(from.lastIndexOf('@') + 1)}>`,
  // suppresses automatic replies (RFC 3834, section 5)
  headers: { 'Auto-Submitted': 'auto-generated' },
  xMailer: false as const,
  ...emailTextOf(notice),
})
