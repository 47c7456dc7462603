import type { Context } from '@quadrille/service'
import type { Config } from '../config.ts'
import type { ActiveChannel } from '../domain/notification-log.ts'
import type { Channel } from './channel.ts'
import { smtpEmail } from './smtp-email.ts'
import { storedEmail } from './stored-email.ts'

export interface OpenChannel {
  readonly adapter: Channel
  /** The maximum number of notifications per second, over all instances. Default: no limit. */
  readonly rate: number | undefined
}

/** Each active channel, as configured. */
export const openChannels = (context: EmailContext): Readonly<Record<ActiveChannel, OpenChannel>> => ({
  email: { adapter: openEmail(context), rate: context.config.EMAIL_RATE },
})

type EmailContext = Pick<Context<Config>, 'config' | 'clock'>

/** Email through the configured mail server. Without one, emails are stored. */
const openEmail = ({
  config: { SMTP_URL, SMTP_TLS, SMTP_CONNECTIONS, MAIL_FROM },
  clock: { now },
}: EmailContext): Channel =>
  SMTP_URL === undefined
    ? storedEmail
    : smtpEmail({ url: SMTP_URL, tls: SMTP_TLS, from: MAIL_FROM, maxConnections: SMTP_CONNECTIONS, now })
