/** Encodes and decodes messages. Encoding selects the version; decoding upcasts to the newest. */
import { z } from 'zod'
import { contentHash } from './content-hash.ts'
import { type Catalog, type Definition, newestSchema, newestVersion } from './definition.ts'
import { envelopeSchema, type Message, type Subject } from './envelope.ts'
import { explain } from './explain.ts'
import { readJson } from './json-body.ts'
import { Undecodable } from './undecodable.ts'
import type { PublishVersions, Versions } from './versions.ts'

export interface Decoded<M extends Message = Message> {
  readonly message: M
  /**
   * The hash of the data in the version in which it was sent, without fields that are unknown in that version. So it
   * stays the same after this service learns a newer version. Two messages with one id and different hashes are
   * treated as different messages. This includes one message that was sent in two versions.
   */
  readonly hash: string
}

/** Computes the hash when it is first used, because it is expensive, and not needed for tasks. */
class LazilyHashed<M extends Message> implements Decoded<M> {
  readonly message: M
  readonly #original: unknown
  #hash: string | undefined

  constructor(message: M, original: unknown) {
    this.message = message
    this.#original = original
  }

  get hash(): string {
    this.#hash ??= contentHash(this.#original)
    return this.#hash
  }
}

/** A message that was sealed in this process, as if it had been received in its newest version. */
export const asDecoded = <M extends Message>(message: M): Decoded<M> => new LazilyHashed(message, message.data)

export interface Codec {
  /**
   * Decodes a message of any known version, and upcasts it to the newest.
   * @throws {Undecodable} if a retry can't help. An error that a check in a schema throws does not show that, so it passes as it is.
   */
  decode(body: Uint8Array): Decoded
  /**
   * The text of the message's body: structured-mode CloudEvents JSON, in the version of `versions` or the default one, or in the
   * next one that can express the data.
   * @throws {RangeError} if that version does not exist here.
   */
  encode(message: Message, versions?: PublishVersions): string
}

interface CodecOptions {
  readonly messages: Catalog
  readonly subject: Subject
  readonly versionToSend: Versions['versionToSend']
}

export const createCodec = ({ messages, subject, versionToSend }: CodecOptions): Codec => {
  const definitions = new Map(Object.entries(messages))
  const envelope = z.compile(envelopeSchema(subject))

  const decode = (body: Uint8Array): Decoded => {
    const read = envelope.safeParse(readJson(body))
    if (!read.success) throw new Undecodable('not_cloudevents', explain(read.error))
    const { type, schemaversion, data: sent } = read.data
    const definition = definitions.get(type)
    if (!definition) throw new Undecodable('unknown_type', `${JSON.stringify(type)} is not a message of this language`)
    const original = parseVersion(definition, { version: schemaversion, sent })
    if (Reflect.get(original, definition.subjectField ?? subject.field) !== read.data.subject) {
      const title = titleOf(type, schemaversion)
      throw new Undecodable('schema_violation', `${title}: the subject differs from ${subject.description} in the data`)
    }
    const newest = newestVersion(definition)
    const data = schemaversion === newest ? original : upcast(original, definition, schemaversion)
    return new LazilyHashed({ ...read.data, schemaversion: newest, data }, original)
  }

  const encode = (message: Message, versions: PublishVersions = {}): string => {
    const oldest = versionToSend(message.type, versions)
    return JSON.stringify({ ...message, ...downcast(message, definitions.get(message.type), oldest) })
  }

  return { decode, encode }
}

/** The data in the oldest version from `oldest` on that can express it and whose schema accepts it. */
const downcast = ({ schemaversion, data }: Message, definition: Definition | undefined, oldest: number) => {
  let cast = { schemaversion, data }
  while (cast.schemaversion > oldest) {
    const schemaversion = cast.schemaversion - 1
    const older = definition?.versions[schemaversion]?.down?.(cast.data)
    const read = definition?.versions[schemaversion - 1]?.schema.safeParse(older)
    if (!read?.success) return cast
    cast = { schemaversion, data: read.data }
  }
  return cast
}

/** The type and version, for errors. */
const titleOf = (type: string, version: number): string => `${type} version ${version}`

interface Sent {
  readonly version: number
  readonly sent: unknown
}

/** The data of a message in the version in which it was sent. */
const parseVersion = ({ type, versions }: Definition, { version, sent }: Sent): object => {
  const known = versions[version - 1]
  const title = titleOf(type, version)
  if (!known) throw new Undecodable('future_version', `${title}; the newest known here is ${versions.length}`)
  const read = known.schema.safeParse(sent)
  if (!read.success) throw new Undecodable('schema_violation', `${title}: ${explain(read.error)}`)
  return read.data
}

/** Upcasts from this version to the newest. The newest schema checks the result, because an upcaster may be wrong. */
const upcast = (older: object, definition: Definition, from: number): object => {
  const { type, versions } = definition
  const title = titleOf(type, from)
  const upcasted = newestSchema(definition).safeParse(applyCasts(older, versions.slice(from), title))
  if (upcasted.success) return upcasted.data
  throw new Undecodable('schema_violation', `${title}, as version ${versions.length}: ${explain(upcasted.error)}`)
}

const applyCasts = (older: object, later: readonly Definition['versions'][number][], title: string): unknown => {
  try {
    return later.reduce((data: unknown, { up }) => up?.(data), older)
  } catch {
    // biome-ignore lint/style/useErrorCause: it may quote the data, such as a secret.
    throw new Undecodable('schema_violation', `${title}: its upcaster failed`)
  }
}
