import type { Config } from '../config.ts'
import type { Channel } from './channel.ts'
import { smtpEmail } from './smtp-email.ts'
import { storedEmail } from './stored-email.ts'

/** Email through the configured mail server. Without one, emails are stored. */
export const openEmail = ({ SMTP_URL, SMTP_TLS, SMTP_CONNECTIONS, MAIL_FROM }: Config): Channel =>
  SMTP_URL === undefined
    ? storedEmail
    : smtpEmail({ url: SMTP_URL, tls: SMTP_TLS, from: MAIL_FROM, maxConnections: SMTP_CONNECTIONS })
