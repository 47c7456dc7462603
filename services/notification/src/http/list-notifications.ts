import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { findNotificationPage, type ListedNotification } from '../db/notification-table.ts'

/** The tests compare it with the answer. */
export const notificationExample = {
  orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
  channel: 'email' as const,
  occasion: 'order_placed' as const,
  status: 'sent' as const,
  attempts: 1,
  at: '2026-11-26T18:51:00.000Z',
}

const notificationView = z
  .object({
    orderId: primitives.orderId,
    channel: primitives.channel,
    occasion: primitives.occasion,
    status: z.enum(['pending', 'sent', 'failed']).meta({ description: '`failed`: no further attempt will be made.' }),
    attempts: z.int().meta({ description: 'The number of attempts; 0 while the notification is pending.' }),
    at: z.iso.datetime().meta({ description: 'The time of the result; while it is pending, of the request.' }),
    code: z.string().optional().meta({
      description:
        'The reason for the failure, as a code. `overtaken`: a later notification, which was sent first, replaces it.',
    }),
    subject: z
      .string()
      .optional()
      .meta({ description: 'The subject of an email that is stored here, because no mail server is configured.' }),
    text: z.string().optional().meta({ description: 'The text of that email.' }),
  })
  .meta({ title: 'Notification', description: 'A notification to a customer.', examples: [notificationExample] })

const query = z.strictObject({
  ...pageQuery,
  orderId: primitives.orderId.optional().meta({ description: 'Only notifications about this order.' }),
})

/** A cursor is the `seq` of a row, as text. */
const seq = z.string().regex(/^[1-9]\d{0,14}$/)

/** `GET /notifications`. */
export const listNotifications = (database: Database): Route =>
  route({
    method: 'get',
    path: '/notifications',
    operationId: 'listNotifications',
    summary: 'List notifications',
    description: 'Returns the notifications to customers, the newest first, with their results.',
    query,
    responses: { 200: { description: 'A page of notifications', body: pageSchema(notificationView) } },
    handle: async ({ query: { limit, cursor, orderId } }) => {
      const before = readCursor(cursor, seq)
      const rows = await findNotificationPage(database, { orderId: orderId ?? null, before, limit: limit + 1 })
      return { status: 200, body: toPage(rows, limit, { key: (row) => row.seq, item: view }) }
    },
  })

const view = ({ seq: _, at, code, subject, text, ...rest }: ListedNotification): z.output<typeof notificationView> => ({
  ...rest,
  at: at.toISOString(),
  ...(code !== null && { code }),
  ...(subject !== null && { subject }),
  ...(text !== null && { text }),
})
