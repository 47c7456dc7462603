import { primitives } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { pageQuery, pageSchema, type Route, readCursor, route, toPage } from '@quadrille/service'
import { z } from 'zod'
import { type ListedNotification, listNotifications } from '../db/notification-table.ts'

const notificationView = z.object({
  orderId: primitives.orderId,
  channel: primitives.channel,
  occasion: primitives.occasion,
  status: z.enum(['pending', 'sent', 'failed']),
  attempts: z.int().meta({ description: 'how many it took; 0 while it is pending' }),
  at: z.iso.datetime().meta({ description: 'of the result, or while there is none, of the asking' }),
  code: z.string().optional().meta({ description: 'why it failed' }),
  subject: z.string().optional().meta({ description: 'of an email that was kept because there is no mail server' }),
  text: z.string().optional(),
})

const query = z.strictObject({ ...pageQuery, orderId: primitives.orderId.optional() })

/** A cursor is the `seq` of a row, as text. */
const seq = z.string().regex(/^[1-9]\d{0,14}$/)

/** `GET /notifications`. */
export const getNotifications = (database: Database): Route =>
  route({
    method: 'get',
    path: '/notifications',
    operationId: 'listNotifications',
    summary: 'What customers were told or are to be told, the newest first',
    query,
    responses: { 200: { description: 'A page of notifications', body: pageSchema(notificationView) } },
    handle: async ({ query: { limit, cursor, orderId } }) => {
      const before = readCursor(cursor, seq)
      const rows = await listNotifications(database, { orderId: orderId ?? null, before, limit: limit + 1 })
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
