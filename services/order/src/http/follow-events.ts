import { catalog } from '@quadrille/events'
import { text } from '@quadrille/messages'
import { type Route, route } from '@quadrille/service'
import { z } from 'zod'
import { includes, maxPositionLength, type Position, parsePosition, start } from '../db/history-position.ts'
import { findEvent, readNewest } from '../db/history-stream.ts'
import { type StreamSources, streamAll } from '../streams/all-events.ts'
import { lastEventId, type Resumed, refusedResume, resumedOf, resumeHeaders } from './last-event-id.ts'
import { orderView } from './schema.ts'

const types = Object.entries(catalog).flatMap(([type, { kind }]) => (kind === 'event' ? [type] : []))

const query = z.strictObject({
  customerId: text(100).optional().meta({ description: 'Only events of orders of this customer.' }),
  status: orderView.shape.status
    .optional()
    .meta({ description: 'Only events of orders that have this status at the time at which the event is sent.' }),
  type: z.enum(types).optional().meta({ description: 'Only events of this type.' }),
  view: z.enum(['full', 'summary']).default('full').meta({
    description:
      '`full`: the whole event; `summary`: only its type, subject and time, and the reason of a cancellation, which is enough for a dashboard and costs less.',
  }),
  from: z.literal('start').optional().meta({
    description: 'Begin with the first stored event. Default: with the events that are added from now on.',
  }),
  positions: z.literal('true').optional().meta({
    description:
      'Sends positions as events with the name `position`, whose data is `{"type":"position"}`, for a page that opens a new `EventSource` itself. Default: as ids without data.',
  }),
  lastEventId: lastEventId(maxPositionLength),
})

/** `GET /orders/events`. */
export const followEvents = (sources: StreamSources): Route =>
  route({
    method: 'get',
    path: '/orders/events',
    operationId: 'followEvents',
    summary: 'Follow the events of all orders',
    description:
      'A stream of server-sent events: every event that enters the history of an order, of any service, from now on, from a `Last-Event-ID`, or from the beginning. The first thing sent is an id without data: where the stream begins. Further ones follow while no event matches. All other data are events as CloudEvents 1.0 in structured JSON, on one line, without payment methods. A client that resumes after the last id that it received gets every further event, each once. Events of one order are in the order in which they were stored.',
    query,
    headers: resumeHeaders(maxPositionLength),
    responses: { 200: { description: 'The events', events: 'Server-sent events.' } },
    handle: async ({ query: { from, lastEventId, positions, ...selection }, headers }) => {
      const resumed = resumedOf(headers, lastEventId)
      const after = resumed ? await readPosition(sources, resumed) : from ? start : await readNewest(sources.database)
      return { status: 200, events: streamAll(sources, after, { ...selection, positions: positions === 'true' }) }
    },
  })

/** @throws {Problem} 422 if the service has not sent it, or if the events after it may be missing. */
const readPosition = async ({ database }: StreamSources, resumed: Resumed): Promise<Position> => {
  const position = parsePosition(resumed.id)
  if (!position) throw refusedResume(resumed, 'must be the id of an event of this stream')
  if (position.last === null) return position
  const { snapshot, event } = await findEvent(database, position.last)
  if (event?.id.startsWith(position.last.id) && includes(snapshot, position)) return position
  throw refusedResume(
    resumed,
    'is the id of an event that is no longer stored, so further ones may be missing: connect without it, or with from=start',
  )
}
