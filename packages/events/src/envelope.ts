/** CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) with the extensions that we use. */
import { z } from 'zod'
import { catalog, type DataOf, type MessageType } from './catalog.ts'
import { type Definition, newestVersion } from './definition.ts'
import { messageId } from './ids.ts'
import { orderId, timestamp } from './primitives.ts'

export const contentType = 'application/cloudevents+json'

/** The attributes of every message, whatever its type. Attributes that we don't know are ignored. */
export const envelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  type: z.string(),
  source: z.string().min(1),
  subject: orderId,
  time: timestamp,
  datacontenttype: z.literal('application/json'),
  correlationid: z.uuid(),
  partitionkey: z.string(),
  causationid: z.uuid().optional(),
  schemaversion: z.int().min(1),
  /** W3C Trace Context, section 3.2. */
  traceparent: z.string().max(55).optional(),
  tracestate: z.string().max(512).optional(),
  data: z.unknown(),
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
  readonly traceparent?: string
  readonly tracestate?: string
}

interface Origin {
  /** The service that says it. */
  readonly service: string
  readonly now: Date
  /** The message that made it so. */
  readonly cause?: { readonly id: string }
  readonly trace?: TraceContext
}

/** Completes a draft. The id follows from order, type and identity alone, so the same draft always has the same id. */
export const seal = <Type extends MessageType>(message: Draft<Type>, { service, now, cause, trace }: Origin): Message<Type> => {
  const definition: Pick<Definition, 'versions'> & { identity: (data: never) => string } = catalog[message.type]
  const { orderId } = message.data as { orderId: string }
  return {
    specversion: '1.0',
    id: messageId(orderId, message.type, definition.identity(message.data as never)),
    type: message.type,
    source: `/${service}`,
    subject: orderId,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    correlationid: orderId,
    partitionkey: orderId,
    ...(cause && { causationid: cause.id }),
    schemaversion: newestVersion(definition),
    ...trace,
    data: message.data,
  } as Message<Type>
}
