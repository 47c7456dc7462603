import { integer } from '@quadrille/service'
import { z } from 'zod'

/** The variables that only this service has. */
export const config = z.object({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be as in smtp://user:password@host:port' })
    .optional()
    .describe(
      'The mail server: smtp://user:password@host:port. Without it emails are kept, and shown by GET /notifications',
    ),
  SMTP_TLS: z
    .enum(['required', 'off'])
    .default('required')
    .describe(
      'Whether a mail server beyond the loopback must offer TLS (STARTTLS) before it gets a login or an email. ?ignoreTLS=true in SMTP_URL goes without',
    ),
  MAIL_FROM: z
    .string()
    .regex(/^[^\s<>,;:"@]+@[A-Za-z0-9.-]+$/, 'must be one plain address, as in shop@example.com')
    .default('orders@localhost')
    .describe('The sender of emails, as in shop@example.com'),
  SMTP_CONNECTIONS: integer(1, 1_000)
    .default(5)
    .describe('Connections to the mail server at a time; more emails wait for one to be free'),
  NOTIFY_ATTEMPTS: integer(1, 100)
    .default(8)
    .describe('How often telling a customer something is tried before that counts as failed'),
})

export type Config = z.output<typeof config>
