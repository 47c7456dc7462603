/** CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) with the extensions that we use. */
import { z } from 'zod'
import { catalog, type DataOf, type MessageType } from './catalog.ts'
import { type Definition, newestSchema, newestVersion } from './definition.ts'
import { explain } from './explain.ts'
import { messageId } from './ids.ts'
import { orderId, text, timestamp, uuid } from './primitives.ts'

export const contentType = 'application/cloudevents+json'

/**
 * W3C Trace Context, section 3.2: what is no traceparent is ignored. A broken trace never stops a message.
 * Later versions of it may append fields.
 */
const traceparent = z
  .string()
  .max(255)
  .regex(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/)
  .optional()
  .catch(undefined)

/** Section 3.3: at least 512 characters are to be passed on. */
const tracestate = text(2_048).optional().catch(undefined)

/** The attributes of every message, whatever its type. Attributes that we don't know are ignored. */
export const envelopeSchema = z.object({
  specversion: z.literal('1.0').meta({ description: 'the version of CloudEvents' }),
  id: uuid.meta({ description: 'the same each time that the same thing is said: what consumers tell repetitions by' }),
  type: text(100).min(1).meta({ description: 'the type of the event' }),
  source: text(255).min(1).meta({ description: 'the service that says it, such as /order' }),
  subject: orderId.meta({ description: 'the order id' }),
  time: timestamp.meta({ description: 'when the service decided it' }),
  // Where it is absent JSON is meant (CloudEvents JSON format, section 3.1).
  datacontenttype: z
    .literal('application/json')
    .default('application/json')
    .meta({ description: 'the form of the data' }),
  correlationid: uuid.meta({ description: 'the order id' }),
  partitionkey: text(255).min(1).meta({ description: 'the order id' }),
  causationid: uuid.optional().meta({ description: 'the id of the message that made it so' }),
  // A link for people: one that is broken never stops a message either.
  replayof: text(255)
    .min(1)
    .optional()
    .catch(undefined)
    .meta({ description: 'the id of the event that this says once more' }),
  schemaversion: z.int().min(1).meta({ description: 'the version of the data' }),
  traceparent: traceparent.meta({ description: 'the trace that the event belongs to (W3C Trace Context)' }),
  tracestate: tracestate.meta({ description: 'vendor-specific data about that trace' }),
  // Optional in CloudEvents; whether it may be absent is for the type's own schema to say.
  data: z.unknown().optional().meta({ description: 'what the event says; its fields depend on the type' }),
})

type Attributes = Omit<z.output<typeof envelopeSchema>, 'type' | 'data'>

/** A message in memory: always the newest version of its type. */
export type Message<Type extends MessageType = MessageType> = {
  [T in Type]: Readonly<Attributes> & { readonly type: T; readonly data: DataOf<T> }
}[Type]

/** What a reaction or a task decides to say; the shell adds the rest of the envelope. */
export type Draft<Type extends MessageType = MessageType> = {
  [T in Type]: { readonly type: T; readonly data: DataOf<T> }
}[Type]

export const draft = <Type extends MessageType>(type: Type, data: DataOf<Type>): Draft<Type> =>
  ({ type, data }) as Draft<Type>

export interface TraceContext {
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
}

interface Origin {
  /** The service that says it. */
  readonly service: string
  readonly now: Date
  /** The message that made it so. */
  readonly cause?: { readonly id: string }
  readonly trace?: TraceContext
}

/**
 * Completes a draft. The id follows from order, type and identity alone, so the same draft always has the same id.
 * What is said is what the newest version's schema knows: other fields stay here.
 * @throws {TypeError} where the draft breaks its schema, which is a bug of this service. Better here than at every consumer.
 */
export const seal = <Type extends MessageType>({ type, data }: Draft<Type>, origin: Origin): Message<Type> => {
  const definition: Pick<Definition, 'versions'> & { identity: (data: never) => string } = catalog[type]
  const said = newestSchema(definition).safeParse(data)
  if (!said.success) throw new TypeError(`${type} can't be said: ${explain(said.error)}`)
  const id = messageId(said.data.orderId, type, definition.identity(said.data as never))
  const schemaversion = newestVersion(definition)
  return { ...attributesOf(said.data.orderId, origin), id, type, schemaversion, data: said.data } as Message<Type>
}

const attributesOf = (orderId: string, { service, now, cause, trace }: Origin) => ({
  specversion: '1.0',
  source: `/${service}`,
  subject: orderId,
  time: now.toISOString(),
  datacontenttype: 'application/json',
  correlationid: orderId,
  partitionkey: orderId,
  ...(cause && { causationid: cause.id }),
  ...(trace?.traceparent && { traceparent: trace.traceparent }),
  ...(trace?.tracestate && { tracestate: trace.tracestate }),
})
