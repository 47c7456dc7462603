/** The messages and schemas of the AsyncAPI document: one message per version of each public event. */
import { z } from 'zod'
import { newestVersion } from '../definition.ts'
import { contentType, envelopeSchema } from '../envelope.ts'
import type { Language } from '../language.ts'
import { bindingVersion, componentRef, schemaOf, sentence } from './asyncapi-parts.ts'
import { exampleOf } from './example.ts'
import { extractTitledSchemas } from './named-schemas.ts'

/** The names of a type's messages, the oldest version first: `Example.v1`, `Example.v2`. */
export const messageNames = ({ messages }: Pick<Language, 'messages'>, type: string): string[] =>
  (messages[type]?.versions ?? []).map((_, index) => nameOf(type, index + 1))

const nameOf = (type: string, version: number): string => `${type}.v${version}`

/** The `messages` section for these types. */
export const messageComponents = (language: Language, types: readonly string[]): Record<string, object> =>
  eachVersion(language, types, ({ type, version, summary }) => ({
    name: type,
    title: `${type}, version ${version}`,
    summary: sentence(summary),
    description: whenSent(language, type, version),
    contentType,
    correlationId: { location: '$message.payload#/correlationid', description: sentence(language.subject.description) },
    headers: componentRef('schemas/Headers'),
    payload: {
      allOf: [
        componentRef('schemas/Envelope'),
        {
          type: 'object',
          required: ['data'],
          properties: {
            type: { type: 'string', const: type },
            schemaversion: { type: 'integer', const: version },
            data: componentRef(`schemas/${nameOf(type, version)}`),
          },
        },
      ],
    },
    bindings: { amqp: { messageType: type, bindingVersion } },
    ...(language.messages[type]?.example !== undefined && { examples: [messageExample(language, type, version)] }),
  }))

/** A complete message of this version, with its headers. */
const messageExample = (language: Language, type: string, version: number): object => {
  const payload = exampleOf(language, type, version)
  return { name: `${type}, version ${version}`, headers: { traceparent: payload['traceparent'] }, payload }
}

/**
 * The `schemas` section for these types, with the envelope that all of them share. A schema with a title is a component of its
 * own, such as an item of a list.
 */
export const schemaComponents = (language: Language, types: readonly string[]): Record<string, object> => {
  const named: Record<string, object> = {}
  const shared = (schema: object) =>
    extractTitledSchemas(schema, (name, found) => {
      named[name] = found
      return componentRef(`schemas/${name}`)
    })
  const messages = {
    Envelope: { ...shared(schemaOf(envelopeSchema(language.subject))), title: 'CloudEvents 1.0, structured JSON' },
    Headers: schemaOf(headers),
    ...eachVersion(language, types, ({ type, summary, schema }) => ({
      ...shared(schemaOf(schema)),
      description: `The data of ${type}: ${summary}.`,
    })),
  }
  return { ...messages, ...named }
}

const headers = z.object({
  traceparent: z.string().optional().meta({ description: 'The trace (W3C Trace Context), as in the envelope.' }),
})

interface OneVersion {
  readonly type: string
  readonly summary: string
  readonly version: number
  readonly schema: z.ZodType
}

const eachVersion = (
  { messages }: Language,
  types: readonly string[],
  describe: (one: OneVersion) => object,
): Record<string, object> =>
  Object.fromEntries(
    types.flatMap((type) => {
      const { versions = [], summary = '' } = messages[type] ?? {}
      return versions.map(({ schema }, index) => {
        const version = index + 1
        return [nameOf(type, version), describe({ type, summary, version, schema })]
      })
    }),
  )

const whenSent = ({ messages, versionToSend }: Language, type: string, version: number): string => {
  const definition = messages[type]
  const newest = definition ? newestVersion(definition) : 0
  if (newest === 1) return 'The only version.'
  if (version === newest) {
    const isForced = definition?.versions.at(-1)?.isDownPartial ?? false
    const forced = isForced ? ` It is also sent whenever version ${version - 1} can't express the data.` : ''
    return `Sent if PUBLISH_VERSIONS is newest or has ${type}:${version}, and with databases that were created when this version existed.${forced}`
  }
  return version === versionToSend(type)
    ? `Sent by default with databases that were created before version ${newest} existed.`
    : `Accepted by every consumer, and sent if PUBLISH_VERSIONS has ${type}:${version}.`
}
