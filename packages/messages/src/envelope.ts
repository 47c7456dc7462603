/** CloudEvents 1.0 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) with the extensions that we use. */
import { z } from 'zod'
import { text, timestamp, uuid } from './values.ts'

export const contentType = 'application/cloudevents+json'

/** The subject of the messages of a language. A message may name another field, for another kind of subject. */
export interface Subject<Field extends string = string> {
  /** The field of the data that holds the subject's id, a UUID. Also the name of any subject's id in HTTP parameters and in logs. */
  readonly field: Field
  /** With its article, as in "the loan id". */
  readonly description: string
}

/**
 * W3C Trace Context, section 3.2: an invalid traceparent is ignored. It does not stop the message. Version ff and ids of
 * zeros are invalid. Versions after 00 may append fields of visible ASCII characters. Services store the text, and Postgres can't
 * read a NUL or a lone surrogate.
 */
const traceparent = z
  .string()
  .max(255)
  .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?$/)
  .refine((value) => !/^(?:ff|00.{54}|..-0{32}|.{36}0{16})/.test(value))
  .optional()
  .catch(undefined)

/** Section 3.3: at least 512 characters must be propagated. */
const tracestate = text(2_048).optional().catch(undefined)

/** A content type without parameters, such as a charset, if it is JSON. Null is the same as absent (JSON format, section 2.2). */
const asJsonType = (type: unknown): unknown =>
  typeof type === 'string' && /^application\/json\s*(?:;|$)/i.test(type) ? 'application/json' : (type ?? undefined)

/** The attributes of every message of a language, whatever its type. Unknown attributes are ignored. */
export const envelopeSchema = ({ description }: Pick<Subject, 'description'>) =>
  z.object({
    specversion: z.literal('1.0').meta({ description: 'the version of CloudEvents' }),
    id: uuid.meta({ description: 'the same for each repetition of a message: consumers recognise duplicates by it' }),
    type: text(100).min(1).meta({ description: 'the type of the event' }),
    source: text(255).min(1).meta({ description: 'the service that publishes it: a slash and the name' }),
    subject: uuid.meta({ description }),
    time: timestamp.meta({ description: "the time of the service's decision" }),
    // If absent, the data is JSON (CloudEvents JSON format, section 3.1).
    datacontenttype: z
      .preprocess(asJsonType, z.literal('application/json').default('application/json'))
      .meta({ description: 'the form of the data' }),
    correlationid: uuid.meta({ description }),
    partitionkey: text(255).min(1).meta({ description }),
    causationid: z
      .preprocess((id) => id ?? undefined, uuid.optional())
      .optional()
      .meta({ description: 'the id of the message that caused it' }),
    // Absent in messages of earlier versions and of other senders. An invalid value is ignored.
    hops: z.int().min(0).max(2_147_483_647).optional().catch(undefined).meta({
      description:
        'how many messages preceded it in its chain of causes, since the last one about another subject; 0 or absent: none',
    }),
    // Shown to people only, so an invalid value is ignored.
    replayof: text(255)
      .min(1)
      .optional()
      .catch(undefined)
      .meta({ description: 'the id of the event that this repeats' }),
    schemaversion: z.int().min(1).meta({ description: 'the version of the data' }),
    traceparent: traceparent.meta({
      description: 'the trace that the event belongs to (W3C Trace Context); an invalid value is ignored',
    }),
    tracestate: tracestate.meta({ description: 'vendor-specific data about that trace' }),
    // Optional in CloudEvents. The schema of the type decides whether it may be absent.
    data: z.unknown().optional().meta({ description: 'the content of the event; its fields depend on the type' }),
  })

type Attributes = Omit<z.output<ReturnType<typeof envelopeSchema>>, 'type' | 'data'>

/** A message in memory: always the newest version of its type. */
export interface Message<Type extends string = string, Data = unknown> extends Readonly<Attributes> {
  readonly type: Type
  readonly data: Data
}

/** The type and data of a message that a reaction or a task sends. `seal` adds the rest of the envelope. */
export interface Draft<Type extends string = string, Data = unknown> {
  readonly type: Type
  readonly data: Data
}

export interface TraceContext {
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
}

/** The origin of a message. */
export interface Origin {
  /** The service that sends it. */
  readonly service: string
  readonly now: Date
  /** The message that caused it. */
  readonly cause?: Pick<Message, 'id' | 'subject' | 'hops'>
  readonly trace?: TraceContext
}
