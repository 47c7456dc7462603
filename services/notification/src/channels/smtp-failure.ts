/** The meaning of a failed delivery over SMTP: for this email, and for all of them. */
import { TaskError, type TaskErrorOptions, type TaskFault } from '@quadrille/service'
import type { DeliveryResult } from './channel.ts'

/**
 * Replies about our login or the protocol state, not about the email (RFC 4954, section 6; RFC 5321, sections 3.8 and
 * 4.2.2).
 */
const otherReplies = [421, 503, 530, 534, 535, 538]

/**
 * A reply about the sender, not about the email: to MAIL FROM, "bad sender's address" (RFC 3463, section 3.2: X.1.7 and
 * X.1.8), or a failed authentication of our domain or server (RFC 7372, RFC 7505: X.7.20 to X.7.29). It affects every email
 * until an operator fixes it.
 */
const isAboutSender = (error: Error): boolean =>
  ('command' in error && error.command === 'MAIL FROM') || /^[45]\.(1\.[78]|7\.2\d)$/.test(statusOf(error) ?? '')

/**
 * A reply that may affect every email, or only this one. Another "security or policy status" (RFC 3463, section 3.8), such as 5.7.1:
 * our address is on a blocklist, relaying is denied, a rate is exceeded, or this recipient accepts no emails from us. Or a status of
 * the mail system or of its congestion (sections 3.4 and 3.5: X.3 and X.4.5), at our server or at the recipient's: its disk is full,
 * a limit is reached.
 */
const mayAffectAll = (error: unknown): boolean => {
  const status = statusOf(error)
  const { code, responseCode } = fieldsOf(error)
  if (status === undefined) return code === 'EMESSAGE' && systemReplies.includes(Number(responseCode))
  return (
    aboutSystem.test(status) || (/^[45]\.7\./.test(status) && !mayBeGreylist(error) && !aboutRecipient.test(status))
  )
}

/**
 * A greylist defers the first email to each recipient, so several in a row show nothing. Its reply is 450, which is about the
 * mailbox (RFC 5321, section 4.2.2), or 451 4.7.1.
 */
const mayBeGreylist = (error: unknown): boolean => /^(450|451[ -]4\.7\.1)\b/.test(String(fieldsOf(error).response))

/**
 * Replies to the content without an enhanced status: insufficient storage, a temporary failure, and a failed transaction (RFC 5321,
 * section 4.2.2; RFC 4954, section 6). Amazon SES sends the latter two for an exceeded quota and for a suspended account. To a
 * recipient, they are about its mailbox.
 */
const systemReplies = [452, 454, 554]

/** 5.3.4 is about the size of the email. */
const aboutSystem = /^[45]\.(3\.[0-35]|4\.5)$/

/**
 * The recipient is a mailing list or a disabled account (RFC 3463, RFC 5248), or has another owner (RFC 7293). Or it accepts
 * only certain senders: Exchange uses three digits that begin with 1.
 */
const aboutRecipient = /^[45]\.7\.(2|13|1[7-9]|1\d\d)$/

/** The enhanced status code (RFC 3463) of a reply, such as 5.7.1. */
const statusOf = (error: unknown): string | undefined =>
  /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(fieldsOf(error).response))?.[1]

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
 * replies, lost connections, and a refused greeting, login or sender, even if the sender is only one possible reason.
 */
export const refusalOf = (error: unknown): Extract<DeliveryResult, { outcome: 'refused' }> | undefined => {
  const reply = replyToEmail(error) ?? 0
  return reply >= 500 && !mayAffectAll(error) ? { outcome: 'refused', code: `smtp_${reply}` } : undefined
}

/** The mail server has not accepted the email, and may accept it later. Or it has not confirmed that it accepted it. */
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

export interface Progress {
  /** Whether the whole email was written to the connection. */
  readonly isWritten: boolean
}

/** The error for the retries. */
export const smtpErrorOf = (error: unknown, progress: Progress): SmtpError => {
  const { code, responseCode, response } = fieldsOf(error)
  const facts = { ...faultOf(error, progress), code, responseCode }
  if (!(error instanceof Error)) return new SmtpError(String(error), facts)
  if (typeof response !== 'string' && code !== 'EENVELOPE' && code !== 'EMESSAGE')
    return new SmtpError(error.message, { ...facts, cause: error })
  return new SmtpError(codesOf(error), facts)
}

/**
 * Unless the reply is about this email, the server accepts no emails at all. If it has read the email but not replied, it may
 * have accepted it. This counts as an attempt, because another try may send another copy, but it does not show whether the
 * server is down.
 */
const faultOf = (error: unknown, { isWritten }: Progress): TaskFault => {
  if (isWritten && !fieldsOf(error).responseCode) return { limited: true }
  if (replyToEmail(error) === undefined) return { outage: true }
  return mayAffectAll(error) ? { outage: true, limited: true } : { outage: false }
}

interface ReplyFields {
  readonly code?: unknown
  readonly responseCode?: unknown
  readonly response?: unknown
}

/** Nodemailer adds these fields to errors of any class. */
const fieldsOf = (error: unknown): ReplyFields => (error instanceof Error ? (error as Error & ReplyFields) : {})

/**
 * The codes of an error, such as `EENVELOPE 450 4.2.0`: nodemailer's, the reply's, and the enhanced status. The text of a
 * reply is left out because it quotes the customer's address.
 */
const codesOf = (error: Error): string => {
  const { code, responseCode } = fieldsOf(error)
  return [code, responseCode, statusOf(error)].filter((each) => each !== undefined).join(' ')
}
