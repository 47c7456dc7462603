import { z } from 'zod'
import { isDeeplyNested, maxDepth } from '../http/nesting.ts'
import { type Route, route } from '../http/route.ts'
import type { FoldEvents } from './fold-events.ts'
import { type FoldedEvent, foldedEvent } from './folded-event.ts'

/** The maximum number of events in a request. A history has some tens. */
const maxEvents = 200

/** The answer ends after this many bytes of JSON, because each event may have a large state before and after it. */
const maxBytes = 1_000_000

const requestExample = {
  events: [
    {
      specversion: '1.0',
      id: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10',
      type: 'ExampleRequested',
      source: '/example',
      subject: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77',
      time: '2026-11-26T18:51:00.000Z',
      data: {},
    },
  ],
}

/** Deeper nesting would overflow the stack when the event is encoded. */
const eventSchema = z
  .looseObject({ type: z.string().max(255).meta({ description: 'The type of the event.' }) })
  .refine((event) => !isDeeplyNested(event), `must be nested at most ${maxDepth} deep`)

const requestSchema = z
  .strictObject({
    events: z
      .array(eventSchema)
      .min(1)
      .max(maxEvents)
      .meta({ description: `Events of one subject, the oldest first, as its history has them; ${maxEvents} at most.` }),
  })
  .meta({ title: 'History', description: 'The events of one subject.', examples: [requestExample] })

const responseExample = {
  items: [
    {
      id: '2f7c1a60-5be2-5d1f-8f6d-0a6a3a6f5f10',
      type: 'ExampleRequested',
      outcome: 'applied' as const,
      detail: null,
      before: null,
      after: { status: 'pending' },
      events: [],
      tasks: [],
    },
  ],
  truncated: false,
}

const responseSchema = z
  .object({
    items: z.array(foldedEvent).meta({ description: 'The events that this service handles, each after its cause.' }),
    truncated: z
      .boolean()
      .meta({ description: 'True if the last events were left out, because the answer is too large.' }),
  })
  .meta({ title: 'States', description: 'The states of a subject in this service.', examples: [responseExample] })

/** `POST /states`: a pure computation, which reads and writes nothing. */
export const postStates = (foldEvents: FoldEvents): Route =>
  route({
    method: 'post',
    path: '/states',
    operationId: 'foldEvents',
    summary: 'Show the states after each event',
    description:
      'Applies the reactions of this service to the events of one subject in the given sequence, in memory, and shows the state before and after each event. Nothing is read or stored. The service may have handled the events in another sequence. Secrets and email addresses are masked.',
    body: requestSchema,
    responses: { 200: { description: 'The states', body: responseSchema } },
    handle: ({ body: { events } }) => ({ status: 200, body: upTo(maxBytes, foldEvents(events)) }),
  })

/** As many events as fit, one at least. */
const upTo = (bytes: number, folded: Iterable<FoldedEvent>) => {
  const items: FoldedEvent[] = []
  let left = bytes
  for (const event of folded) {
    left -= Buffer.byteLength(JSON.stringify(event))
    if (left < 0 && items.length > 0) return { items, truncated: true }
    items.push(event)
  }
  return { items, truncated: false }
}
