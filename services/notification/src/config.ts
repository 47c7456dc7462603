import { integer, rate } from '@quadrille/service'
import { z } from 'zod'

/** Variables of the notification service only. */
export const config = z.object({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be like smtp://user:password@host:port' })
    .optional()
    .describe(
      'The mail server: smtp://user:password@host:port. Without it emails are stored, and shown by GET /notifications',
    ),
  SMTP_TLS: z
    .enum(['required', 'off'])
    .default('required')
    .describe(
      'required: a login or an email is only sent over TLS (STARTTLS), unless the mail server is on the loopback; off: also without TLS. ?ignoreTLS=true in SMTP_URL turns TLS off',
    ),
  MAIL_FROM: z
    .string()
    .regex(/^[^\s<>,;:"@]+@[A-Za-z0-9.-]+$/, 'must be one plain address such as shop@example.com')
    .default('orders@localhost')
    .describe('The sender of emails, such as shop@example.com'),
  SMTP_CONNECTIONS: integer(1, 1_000)
    .default(5)
    .describe('Emails that an instance sends at a time, TASK_CONCURRENCY at most; the others stay in the queue'),
  EMAIL_RATE: rate
    .optional()
    .describe(
      'Maximum rate of attempts to send an email, on all instances together: 10/s, 300/min or 20/h; default: unlimited',
    ),
  NOTIFY_ATTEMPTS: integer(1, 100).default(8).describe('Attempts to send a notification before it counts as failed'),
})

export type Config = z.output<typeof config>
