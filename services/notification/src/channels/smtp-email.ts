/** Email over SMTP (RFC 5321). */
import { createRequire } from 'node:module'
import { TaskError, type TaskErrorOptions } from '@quadrille/service'
import type * as Nodemailer from 'nodemailer'
import type { Notice } from '../domain/notification-log.ts'
import type { Channel, DeliveryResult } from './channel.ts'
import { emailTextOf } from './email-text.ts'
import { type SmtpTls, startTlsIsRequired } from './smtp-tls.ts'

export interface SmtpOptions {
  /** smtp://user:password@host:port, or smtps:// for TLS from the start. */
  readonly url: string
  /** The sender's address. Its domain is in every Message-ID. */
  readonly from: string
  /**
   * The maximum number of connections. Mail servers limit the connections of each client. Further emails wait for a free
   * connection.
   */
  readonly maxConnections: number
  readonly tls: SmtpTls
}

const transportOptions = {
  pool: true,
  /** An idle connection is closed after this time, ms, so it outlives the service by at most this time. */
  idleTimeout: 2_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  /**
   * A server may take a long time to confirm an email (RFC 5321, section 4.5.3.2.6). A shorter timeout would send the
   * email twice.
   */
  socketTimeout: 60_000,
  // Nodemailer must not load a file or a URL that a text names.
  disableFileAccess: true,
  disableUrlAccess: true,
} as const

/** The maximum duration of sending one email, ms: a little more than a server that is slow at every step needs. */
const sendTimeoutMs = 120_000

/**
 * Sends through the mail server at `url`. A second copy is sent only if the server's 250 reply was lost, or the
 * process died after it. The copy has the same Message-ID. If TLS is required but not available, nothing is
 * sent, and the task is retried.
 */
export const smtpEmail = ({ url, from, maxConnections, tls }: SmtpOptions): Channel => {
  // Loaded only here, and as CommonJS: its other form loads Node's HTTP client.
  const { createTransport }: typeof Nodemailer = createRequire(import.meta.url)('nodemailer')
  const transport = createTransport({
    ...transportOptions,
    url,
    maxConnections,
    requireTLS: startTlsIsRequired(url, tls),
  })
  return {
    name: 'email',
    sends: true,
    timeoutMs: sendTimeoutMs,
    concurrency: maxConnections,
    deliver: async (notice, signal) => {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)])
      try {
        await transport.sendMail({ ...mailOf(notice, from), signal: ended })
        return { outcome: 'sent' }
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal) return refusal
        throw smtpErrorOf(error)
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

/**
 * Replies about our login or the protocol state, not about the email (RFC 4954, section 6; RFC 5321, sections 3.8 and
 * 4.2.2).
 */
const otherReplies = [421, 503, 530, 534, 535, 538]

/**
 * A reply about the sender, not about the email: to MAIL FROM, "bad sender's address" (RFC 3463, section 3.2; 5.1.7 and
 * 5.1.8), or "security or policy status" (section 3.8). For example our address is on a blocklist, or relaying is
 * denied. It affects every email until an operator fixes it.
 */
const isAboutSender = (error: Error): boolean =>
  ('command' in error && error.command === 'MAIL FROM') ||
  ('response' in error && /^5\d\d[ -]5\.(7\.\d|1\.[78]\b)/.test(String(error.response)))

/**
 * The server's reply code to the envelope or the email. 0 if our own client rejected the email without contacting
 * the server.
 */
const replyToEmail = (error: unknown): number | undefined => {
  if (!(error instanceof Error && 'code' in error) || isAboutSender(error)) return undefined
  if (error.code !== 'EENVELOPE' && error.code !== 'EMESSAGE') return undefined
  const reply = 'responseCode' in error ? Number(error.responseCode) : 0
  return otherReplies.includes(reply) ? undefined : reply
}

/**
 * A 5yz reply to the envelope or the email is final (RFC 5321, section 4.2.1). Other failures may be temporary: 4yz
 * replies, lost connections, and a refused greeting, login or sender.
 */
const refusalOf = (error: unknown): Extract<DeliveryResult, { outcome: 'refused' }> | undefined => {
  const reply = replyToEmail(error) ?? 0
  return reply >= 500 ? { outcome: 'refused', code: `smtp_${reply}` } : undefined
}

/** The mail server has not accepted the email, and may accept it later. */
class SmtpError extends TaskError {
  override readonly name = 'SmtpError'
  /** Nodemailer's code, or that of the network, such as `ECONNREFUSED`. */
  readonly code: unknown
  /** The server's reply code, if it has replied. */
  readonly responseCode: unknown

  constructor(message: string, { code, responseCode, ...options }: SmtpErrorOptions) {
    super(message, options)
    this.code = code
    this.responseCode = responseCode
  }
}

interface SmtpErrorOptions extends TaskErrorOptions {
  readonly code: unknown
  readonly responseCode: unknown
}

/** Classifies the error for the retries: unless the reply is about this email, the server accepts no emails at all. */
const smtpErrorOf = (error: unknown): SmtpError => {
  const outage = replyToEmail(error) === undefined
  const { code, responseCode, response } = fieldsOf(error)
  if (!(error instanceof Error)) return new SmtpError(String(error), { outage, code, responseCode })
  if (typeof response !== 'string' && code !== 'EENVELOPE' && code !== 'EMESSAGE')
    return new SmtpError(error.message, { outage, code, responseCode, cause: error })
  return new SmtpError(codesOf({ code, responseCode, response }), { outage, code, responseCode })
}

interface ReplyFields {
  readonly code?: unknown
  readonly responseCode?: unknown
  readonly response?: unknown
}

/** Nodemailer adds these fields to errors of any class. */
const fieldsOf = (error: unknown): ReplyFields => (error instanceof Error ? (error as Error & ReplyFields) : {})

/**
 * The codes of an error, such as `EENVELOPE 450 4.2.0`: nodemailer's, the reply's, and the enhanced status (RFC 3463).
 * The text of a reply is left out because it quotes the customer's address.
 */
const codesOf = ({ code, responseCode, response }: ReplyFields): string => {
  const [, status] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response)) ?? []
  return [code, responseCode, status].filter((each) => each !== undefined).join(' ')
}
