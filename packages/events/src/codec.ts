/** Messages to bytes and back: versions are chosen on the way out, and lifted to the newest on the way in. */
import { catalog } from './catalog.ts'
import { contentHash } from './content-hash.ts'
import { type Definition, newestSchema } from './definition.ts'
import { envelopeSchema, type Message } from './envelope.ts'
import { explain } from './explain.ts'
import { type PublishVersions, versionToSend } from './publish-versions.ts'

/** Why bytes are no message of ours. None of these gets better by trying again. */
export type UndecodableReason =
  | 'too_large'
  | 'not_json'
  | 'not_cloudevents'
  | 'unknown_type'
  | 'future_version'
  | 'schema_violation'

/** Its message names fields and rules, never values: it may be logged. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'
  readonly reason: UndecodableReason
  constructor(reason: UndecodableReason, detail: string) {
    super(`${reason}: ${detail}`)
    this.reason = reason
  }
}

export interface Decoded {
  readonly message: Message
  /**
   * Of the data in the version in which it was sent, without fields that the version doesn't know: the same before and
   * after this service learns a newer one. Two messages with one id and different hashes are not the same.
   */
  readonly hash: string
}

/** The event of the largest order has 150,000. It is bounded because a service holds as many messages as its prefetch says. */
export const maxBodyBytes = 262_144

/** The messages that a reader knows. */
type Known = Readonly<Record<string, Pick<Definition, 'versions'>>>

/**
 * Reads a message of any version that is known here, and lifts it to the newest.
 * @throws {Undecodable} and nothing else.
 */
export const decode = (body: Uint8Array, known: Known = catalog): Decoded => {
  const { type, schemaversion, data: sent, ...attributes } = readEnvelope(body)
  const versions = known[type]?.versions
  if (!versions) throw new Undecodable('unknown_type', `${JSON.stringify(type)} is no message of ours`)
  const version = versions[schemaversion - 1]
  const title = `${type} version ${schemaversion}`
  if (!version) throw new Undecodable('future_version', `${title}; the newest known here is ${versions.length}`)
  const read = version.schema.safeParse(sent)
  if (!read.success) throw new Undecodable('schema_violation', `${title}: ${explain(read.error)}`)
  if (read.data.orderId !== attributes.subject) {
    throw new Undecodable('schema_violation', `${title}: its subject is not the order id in its data`)
  }
  const data = schemaversion === versions.length ? read.data : lift(read.data, { versions, from: schemaversion, title })
  const message = { ...attributes, type, schemaversion: versions.length, data } as Message
  return {
    message,
    get hash() {
      return contentHash(read.data) // worth a good part of the reading, and tasks have no use for it
    },
  }
}

interface Lift extends Pick<Definition, 'versions'> {
  readonly from: number
  /** The type and version, for the error. */
  readonly title: string
}

/** From this version to the newest, whose schema holds for the result too: an upcaster is code, and may be wrong. */
const lift = (older: unknown, { versions, from, title }: Lift): unknown => {
  const lifted = newestSchema({ versions }).safeParse(upcast(older, versions.slice(from), title))
  if (lifted.success) return lifted.data
  throw new Undecodable('schema_violation', `${title}, as version ${versions.length}: ${explain(lifted.error)}`)
}

const upcast = (older: unknown, later: readonly Definition['versions'][number][], title: string): unknown => {
  try {
    return later.reduce((data: unknown, { up }) => up?.(data), older)
  } catch {
    // biome-ignore lint/style/useErrorCause: it may quote the data, such as a payment method.
    throw new Undecodable('schema_violation', `${title}: its upcaster failed`)
  }
}

/**
 * The message's body: structured-mode CloudEvents JSON, in the version that `versions` or the default says.
 * @throws {RangeError} where that version doesn't exist here.
 */
export const encode = (message: Message, versions: PublishVersions = {}): Uint8Array => {
  const definition: Pick<Definition, 'versions'> = catalog[message.type]
  const schemaversion = versionToSend(message.type, versions)
  const data = definition.versions
    .slice(schemaversion)
    .reduceRight((newer: unknown, version) => version.down?.(newer), message.data)
  return Buffer.from(JSON.stringify({ ...message, schemaversion, data }))
}

const readEnvelope = (body: Uint8Array) => {
  if (body.byteLength > maxBodyBytes) {
    throw new Undecodable('too_large', `${body.byteLength} bytes; the most is ${maxBodyBytes}`)
  }
  const envelope = envelopeSchema.safeParse(parse(body))
  if (!envelope.success) throw new Undecodable('not_cloudevents', explain(envelope.error))
  return envelope.data
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const parse = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    // biome-ignore lint/style/useErrorCause: V8 quotes the text around the error, and that may be a payment method.
    throw new Undecodable('not_json', `${body.byteLength} bytes that are not JSON in UTF-8`)
  }
}
