/** Messages to bytes and back: versions are chosen on the way out, and lifted to the newest on the way in. */
import { catalog, isMessageType, type MessageType } from './catalog.ts'
import { contentHash } from './content-hash.ts'
import { type Definition, newestVersion } from './definition.ts'
import { envelopeSchema, type Message } from './envelope.ts'

/** Why bytes are no message of ours. None of these gets better by trying again. */
export type UndecodableReason = 'not_json' | 'not_cloudevents' | 'unknown_type' | 'future_version' | 'schema_violation'

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
  /** Of the data as it was sent, before it was lifted: two messages with one id and different hashes are not the same. */
  readonly hash: string
}

/**
 * Reads a message of any version that is known here.
 * @throws {Undecodable} and nothing else.
 */
export const decode = (body: Uint8Array): Decoded => {
  const envelope = envelopeSchema.safeParse(parse(body))
  if (!envelope.success) throw new Undecodable('not_cloudevents', explain(envelope.error))
  const { type, schemaversion, data: sent, ...attributes } = envelope.data
  if (!isMessageType(type)) throw new Undecodable('unknown_type', `${JSON.stringify(type.slice(0, 100))} is no message of ours`)
  const definition: Pick<Definition, 'versions'> = catalog[type]
  const version = definition.versions[schemaversion - 1]
  if (!version) {
    throw new Undecodable('future_version', `${type} version ${schemaversion}; the newest known here is ${newestVersion(definition)}`)
  }
  const data = version.schema.safeParse(sent)
  if (!data.success) throw new Undecodable('schema_violation', `${type} version ${schemaversion}: ${explain(data.error)}`)
  const newest = definition.versions.slice(schemaversion).reduce((older, next) => next.up?.(older), data.data as unknown)
  const message = { ...attributes, type, schemaversion: newestVersion(definition), data: newest } as Message
  return { message, hash: contentHash(sent) }
}

/** Which version of a type to send, where it isn't the default. */
export type PublishVersions = Partial<Readonly<Record<MessageType, number>>>

/**
 * The default is the version before the newest while there are two: consumers are upgraded first,
 * and a publisher sends the newest only when it is told that all of them can read it.
 */
export const versionToSend = (type: MessageType, versions: PublishVersions = {}): number =>
  versions[type] ?? Math.max(1, newestVersion(catalog[type]) - 1)

/** The message's body: structured-mode CloudEvents JSON. */
export const encode = (message: Message, versions: PublishVersions = {}): Uint8Array => {
  const definition: Pick<Definition, 'versions'> = catalog[message.type]
  const schemaversion = versionToSend(message.type, versions)
  const data = definition.versions
    .slice(schemaversion)
    .reduceRight<unknown>((newer, version) => version.down?.(newer), message.data)
  return Buffer.from(JSON.stringify({ ...message, schemaversion, data }))
}

const parse = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw new Undecodable('not_json', error instanceof Error ? error.message : String(error))
  }
}

const explain = (error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => `/${path.join('/')} ${message}`)
    .join('; ')
