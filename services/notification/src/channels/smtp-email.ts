/** Email over SMTP (RFC 5321). */
import { TaskError, type TaskErrorOptions } from '@quadrille/service'
import { createTransport } from 'nodemailer'
import type { Notice } from '../domain/correspondence.ts'
import type { Channel, Fate } from './channel.ts'
import { emailTextOn } from './email-text.ts'
import { type SmtpTls, startTlsIsRequired } from './smtp-tls.ts'

export interface SmtpOptions {
  /** smtp://user:password@host:port, or smtps:// for TLS from the start. */
  readonly url: string
  /** The sender's address. Its domain is in every Message-ID. */
  readonly from: string
  /** How many connections at most. Mail servers limit those of a client, and refuse what is more: emails queue for these instead. */
  readonly maxConnections: number
  readonly tls: SmtpTls
}

const transportOptions = {
  pool: true,
  /** An idle connection is closed after this, ms; so none outlives the service by more. */
  idleTimeout: 2_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  /** A server that has the email may take its time to say so (RFC 5321, section 4.5.3.2.6); giving up early sends it twice. */
  socketTimeout: 60_000,
  // Text that looks like a path or a URL stays text.
  disableFileAccess: true,
  disableUrlAccess: true,
} as const

/** How long sending one email may take, ms: what a server that is slow at every step needs, and not much more. */
const sendAtMostMs = 120_000

/**
 * Sends by the mail server of `url`. A second copy is possible only where its 250 was not seen or not remembered, and has
 * the Message-ID of the first. Where TLS is required and can't be had, nothing is sent, and it is tried again.
 */
export const smtpEmail = ({ url, from, maxConnections, tls }: SmtpOptions): Channel => {
  const transport = createTransport({
    ...transportOptions,
    url,
    maxConnections,
    requireTLS: startTlsIsRequired(url, tls),
  })
  return {
    name: 'email',
    atMostMs: sendAtMostMs,
    atOnce: maxConnections,
    deliver: async (notice, signal) => {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(sendAtMostMs)])
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

const mailOf = (notice: Notice, from: string) => ({
  from: { name: '', address: from },
  to: { name: '', address: notice.customer.email },
  messageId: `<${notice.orderId}.email.${notice.occasion}@${from.slice(from.lastIndexOf('@') + 1)}>`,
  // Keeps holiday replies away (RFC 3834, section 5).
  headers: { 'Auto-Submitted': 'auto-generated' },
  xMailer: false as const,
  ...emailTextOn(notice),
})

/** Replies about our login, or our turn to speak, and not about the email (RFC 4954, section 6; RFC 5321, sections 3.8 and 4.2.2). */
const otherReplies = [421, 503, 530, 534, 535, 538]

/**
 * A reply about us and not about the email: to the sender's address (MAIL FROM), "bad sender's address" (RFC 3463, section 3.2;
 * 5.1.7 and 5.1.8), or "security or policy status" (section 3.8). Our address is on a blocklist, relaying is denied. It goes for
 * every email until somebody mends it.
 */
const isAboutSender = (error: Error): boolean =>
  ('command' in error && error.command === 'MAIL FROM') ||
  ('response' in error && /^5\d\d[ -]5\.(7\.\d|1\.[78]\b)/.test(String(error.response)))

/** What the server said to the envelope or the email; 0 where it wasn't asked, as the email was none to our own client. */
const replyToEmail = (error: unknown): number | undefined => {
  if (!(error instanceof Error && 'code' in error) || isAboutSender(error)) return undefined
  if (error.code !== 'EENVELOPE' && error.code !== 'EMESSAGE') return undefined
  const reply = 'responseCode' in error ? Number(error.responseCode) : 0
  return otherReplies.includes(reply) ? undefined : reply
}

/**
 * A reply of 5yz to the envelope or the email is final (RFC 5321, section 4.2.1). Everything else may be different the next
 * time: 4yz replies, lost connections, a greeting, a login or a sender that is refused.
 */
const refusalOf = (error: unknown): Extract<Fate, { outcome: 'refused' }> | undefined => {
  const reply = replyToEmail(error) ?? 0
  return reply >= 500 ? { outcome: 'refused', code: `smtp_${reply}` } : undefined
}

/** The mail server has not taken the email, and may take it later. */
class SmtpError extends TaskError {
  override readonly name = 'SmtpError'
  /** Nodemailer's, or that of the network, as in `ECONNREFUSED`. */
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

/** Says what the retries go by: unless the reply is about this email, the server takes no email at all. */
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

/** Nodemailer adds them to errors of any class. */
const fieldsOf = (error: unknown): ReplyFields => (error instanceof Error ? (error as Error & ReplyFields) : {})

/**
 * A server's reply quotes the customer's address, so only its codes are kept: nodemailer's, the reply's, and the enhanced status
 * (RFC 3463), as in `EENVELOPE 450 4.2.0`.
 */
const codesOf = ({ code, responseCode, response }: ReplyFields): string => {
  const [, status] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response)) ?? []
  return [code, responseCode, status].filter((each) => each !== undefined).join(' ')
}
