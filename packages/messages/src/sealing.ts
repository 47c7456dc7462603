/** Turns a draft into a message: checks its data, and adds the envelope. */
import { type Catalog, newestSchema, newestVersion } from './definition.ts'
import type { Draft, Message, Origin, Subject } from './envelope.ts'
import { explain } from './explain.ts'
import { messageId } from './ids.ts'

export type Seal = (draft: Draft, origin: Origin) => Message

interface SealOptions {
  readonly messages: Catalog
  readonly subject: Subject
}

export const createSeal = ({ messages, subject: { field } }: SealOptions): Seal => {
  const sealers = new Map(
    Object.entries(messages).map(([type, definition]) => {
      const { identity, subjectField = field } = definition
      const schema = newestSchema(definition)
      const schemaversion = newestVersion(definition)
      return [type, { schema, schemaversion, identity, subjectField }]
    }),
  )

  return ({ type, data: drafted }, origin) => {
    const sealer = sealers.get(type)
    if (!sealer) throw new TypeError(`${type} is not a message of this language.`)
    const { schema, schemaversion, identity, subjectField } = sealer
    const parsed = schema.safeParse(drafted)
    if (!parsed.success) throw new TypeError(`${type} violates its schema: ${explain(parsed.error)}`)
    const { data } = parsed
    const subject: string = Reflect.get(data, subjectField)
    const id = messageId(subject, type, identity(data))
    return deepFreeze({ ...attributesOf(subject, origin), id, type, schemaversion, data })
  }
}

/** Freezes the value and all that it contains. */
const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

/** All messages of a batch have the same time, and `toISOString` is slow. */
const textOf = (time: Date): string => {
  const ms = time.getTime()
  if (ms !== last.ms) last = { ms, text: time.toISOString() }
  return last.text
}
let last = { ms: Number.NaN, text: '' }

const attributesOf = (subject: string, { service, now, cause, trace }: Origin) => ({
  specversion: '1.0' as const,
  source: `/${service}`,
  subject,
  time: textOf(now),
  datacontenttype: 'application/json' as const,
  correlationid: subject,
  partitionkey: subject,
  ...(cause && { causationid: cause.id, hops: cause.subject === subject ? (cause.hops ?? 0) + 1 : 0 }),
  ...(trace?.traceparent && { traceparent: trace.traceparent }),
  ...(trace?.tracestate && { tracestate: trace.tracestate }),
})
