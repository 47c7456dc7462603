import type { Config } from '../config.ts'
import type { Channel } from './channel.ts'
import { keptEmail } from './kept-email.ts'
import { smtpEmail } from './smtp-email.ts'

/** Email by the mail server of the configuration; without one, emails are kept. */
export const openEmail = ({ SMTP_URL, SMTP_TLS, SMTP_CONNECTIONS, MAIL_FROM }: Config): Channel =>
  SMTP_URL === undefined
    ? keptEmail
    : smtpEmail({ url: SMTP_URL, tls: SMTP_TLS, from: MAIL_FROM, maxConnections: SMTP_CONNECTIONS })
