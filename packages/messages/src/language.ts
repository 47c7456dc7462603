/** A language: the messages and services of one choreography, with everything that is derived from them. */
import { type Choreography, publisherOf, type ServiceModel } from './choreography.ts'
import { type Codec, createCodec, type Decoded } from './codec.ts'
import { type Catalog, compileSchemas } from './definition.ts'
import type { Draft, Message, Origin, Subject } from './envelope.ts'
import type { Questions } from './question.ts'
import { createRedaction, type Redaction } from './redaction.ts'
import { createSeal } from './sealing.ts'
import { createVersions, type PublishVersions, type Versions } from './versions.ts'

/** The types of a catalog's messages. */
export type TypeIn<Messages extends Catalog> = keyof Messages & string

/** The data of a message in its newest version. Unknown if the type is any string. */
export type DataIn<Messages extends Catalog, Type extends TypeIn<Messages>> = string extends Type
  ? unknown
  : Messages[Type] extends { readonly identity: (data: infer Data) => string }
    ? Data
    : never

/** A union of the messages of these types, each with its own data. */
export type MessageIn<Messages extends Catalog, Type extends TypeIn<Messages> = TypeIn<Messages>> = {
  [T in Type]: Message<T, DataIn<Messages, T>>
}[Type]

/** The same for drafts. */
export type DraftIn<Messages extends Catalog, Type extends TypeIn<Messages> = TypeIn<Messages>> = {
  [T in Type]: Draft<T, DataIn<Messages, T>>
}[Type]

/** General information for the documents (AsyncAPI 3.0.0, "Info Object"). */
export interface LanguageInfo {
  readonly title: string
  readonly description: string
  readonly license?: { readonly name: string; readonly url: string }
}

/** An event by its attributes, before it is validated. */
type Attributes = Readonly<Record<string, unknown>>

/** Any language: a type is a string, and data is unknown. The framework uses this type. */
export interface Language extends Versions, Redaction, Codec {
  /** The first part of the schemas' URNs. */
  readonly name: string
  readonly info: LanguageInfo
  readonly messages: Catalog
  readonly questions: Questions
  readonly services: Choreography
  readonly subject: Subject
  readonly secrets: readonly string[]
  isMessageType(type: string): boolean
  /** Adds placeholders for the fields of an event that a history lacks, so that its schema accepts it. */
  withPlaceholders(event: Attributes): Attributes
  /** The service that publishes an event. Undefined for other messages. */
  publisherOf(type: string): ServiceModel | undefined
  draft(type: string, data: unknown): Draft
  /**
   * Completes a draft. The id depends only on subject, type and identity, so the same draft always has the same id.
   * Fields that the newest schema does not define are removed. The message is frozen, because consumers in the same process
   * share it.
   * @throws {TypeError} if the draft violates its schema, which is a bug of this service. It fails here instead of at
   * every consumer.
   */
  seal(draft: Draft, origin: Origin): Message
}

/** A language whose messages and services are known at compile time. */
export interface LanguageOf<
  Messages extends Catalog,
  Services extends Choreography,
  Asked extends Questions = Questions,
> extends Language {
  readonly messages: Messages
  readonly questions: Asked
  readonly services: Services
  isMessageType(type: string): type is TypeIn<Messages>
  draft<Type extends TypeIn<Messages>>(type: Type, data: DataIn<Messages, Type>): DraftIn<Messages, Type>
  seal<Type extends TypeIn<Messages>>(draft: DraftIn<Messages, Type>, origin: Origin): MessageIn<Messages, Type>
  encode(message: MessageIn<Messages>, versions?: PublishVersions): string
  decode(body: Uint8Array): Decoded<MessageIn<Messages>>
}

/** Rejects a catalog with a message whose data lacks the field of the subject. */
type WithSubject<Messages extends Catalog, Field extends string> = {
  readonly [Type in keyof Messages]: DataIn<Messages, Type & string> extends Readonly<
    Record<SubjectFieldOf<Messages[Type], Field>, string>
  >
    ? unknown
    : `the data of this message needs ${SubjectFieldOf<Messages[Type], Field>}, a string`
}

/** The field that the message names, otherwise that of the language. */
type SubjectFieldOf<Message extends Catalog[string], Field extends string> =
  NonNullable<Message['subjectField']> extends infer Own extends string
    ? [Own] extends [never]
      ? Field
      : string extends Own
        ? Field
        : Own
    : Field

export interface LanguageOptions<
  Messages extends Catalog,
  Services extends Choreography,
  Field extends string,
  Asked extends Questions,
> {
  readonly name: string
  readonly info: LanguageInfo
  readonly messages: Messages & WithSubject<Messages, Field>
  /** The questions that services ask each other. Default: none. */
  readonly questions?: Asked
  readonly services: Services
  readonly subject: Subject<Field>
  /** The names of fields that hold secrets. Their values are masked in everything that people read. */
  readonly secrets: readonly string[]
  /** Adds placeholders for the fields of an event that a history lacks, such as a secret. Default: it lacks none. */
  readonly withPlaceholders?: (event: Attributes) => Attributes
}

/**
 * Defines a language. Nothing is checked at runtime. Run `checkChoreography`, and compare the snapshots of the schemas,
 * at build time.
 */
export const defineLanguage = <
  const Messages extends Catalog,
  const Services extends Choreography<TypeIn<Messages>, keyof Asked & string>,
  const Field extends string,
  const Asked extends Questions = Readonly<Record<never, never>>,
>({
  name,
  info,
  messages,
  questions,
  services,
  subject,
  secrets,
  withPlaceholders = (event) => event,
}: LanguageOptions<Messages, Services, Field, Asked>): LanguageOf<Messages, Services, Asked> => {
  const catalog: Catalog = messages
  const compiled = compileSchemas(catalog)
  const versions = createVersions(catalog)
  const publishers = new Map(Object.keys(catalog).map((type) => [type, publisherOf(type, services)]))
  const language: Language = {
    name,
    info,
    messages: catalog,
    questions: questions ?? {},
    services,
    subject,
    secrets,
    ...versions,
    ...createRedaction(secrets),
    ...createCodec({ messages: compiled, subject, versionToSend: versions.versionToSend }),
    isMessageType: (type) => Object.hasOwn(catalog, type),
    withPlaceholders,
    publisherOf: (type) => publishers.get(type),
    draft: (type, data) => ({ type, data }),
    seal: createSeal({ messages: compiled, subject }),
  }
  // The implementation looks up messages by a string, so the compiler cannot infer the data of each type.
  return language as LanguageOf<Messages, Services, Asked>
}
