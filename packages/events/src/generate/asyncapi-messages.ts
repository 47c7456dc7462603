/** The messages and schemas of the AsyncAPI document: one message for each version of each public event. */
import { z } from 'zod'
import { catalog, type MessageType } from '../catalog.ts'
import { type Definition, newestVersion } from '../definition.ts'
import { contentType, envelopeSchema } from '../envelope.ts'
import { versionToSend } from '../publish-versions.ts'
import { exampleOf } from './example.ts'
import { nameSchemas } from './named-schemas.ts'

const ref = (path: string) => ({ $ref: `#/components/${path}` })

/** AsyncAPI's own schema dialect is a superset of JSON Schema draft 7. */
const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rules } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' })
  return rules
}

/** The names of a type's messages, the oldest version first: `PaymentDeclined.v1`, `PaymentDeclined.v2`. */
export const messageNames = (type: MessageType): string[] =>
  catalog[type].versions.map((_, index) => nameOf(type, index + 1))

const nameOf = (type: MessageType, version: number): string => `${type}.v${version}`

/** The `messages` section for these types. */
export const messageComponents = (types: readonly MessageType[]): Record<string, object> =>
  eachVersion(types, ({ type, version }) => ({
    name: type,
    title: `${type}, version ${version}`,
    summary: sentence(catalog[type].means),
    description: whenSent(type, version),
    contentType,
    correlationId: { location: '$message.payload#/correlationid', description: 'The order id.' },
    headers: ref('schemas/Headers'),
    payload: {
      allOf: [
        ref('schemas/Envelope'),
        {
          type: 'object',
          required: ['data'],
          properties: {
            type: { type: 'string', const: type },
            schemaversion: { type: 'integer', const: version },
            data: ref(`schemas/${nameOf(type, version)}`),
          },
        },
      ],
    },
    bindings: { amqp: { messageType: type, bindingVersion: '0.3.0' } },
    ...(catalog[type].example !== undefined && { examples: [messageExample(type, version)] }),
  }))

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** A whole message of this version, with the headers that it travels with. */
const messageExample = (type: MessageType, version: number): object => {
  const payload = exampleOf(type, version)
  return { name: `${type}, version ${version}`, headers: { traceparent: payload['traceparent'] }, payload }
}

/**
 * The `schemas` section for these types, with the envelope that all of them share. A schema with a title is a component of its
 * own, such as the line of an order.
 */
export const schemaComponents = (types: readonly MessageType[]): Record<string, object> => {
  const named: Record<string, object> = {}
  const shared = (schema: object) =>
    nameSchemas(schema, (name, found) => {
      named[name] = found
      return ref(`schemas/${name}`)
    }) as object
  const messages = {
    Envelope: { ...shared(schemaOf(envelopeSchema)), title: 'CloudEvents 1.0, structured JSON' },
    Headers: schemaOf(headers),
    ...eachVersion(types, ({ type, schema }) => ({
      ...shared(schemaOf(schema)),
      description: `The data of ${type}: ${catalog[type].means}.`,
    })),
  }
  return { ...messages, ...named }
}

const headers = z.object({
  traceparent: z.string().optional().meta({ description: 'The trace (W3C Trace Context), as in the envelope.' }),
})

interface OneVersion {
  readonly type: MessageType
  readonly version: number
  readonly schema: z.ZodType
}

const eachVersion = (types: readonly MessageType[], describe: (one: OneVersion) => object): Record<string, object> =>
  Object.fromEntries(
    types.flatMap((type) => {
      const { versions }: Pick<Definition, 'versions'> = catalog[type]
      return versions.map(({ schema }, index) => {
        const version = index + 1
        return [nameOf(type, version), describe({ type, version, schema })]
      })
    }),
  )

const whenSent = (type: MessageType, version: number): string => {
  const newest = newestVersion(catalog[type])
  if (newest === 1) return 'The only version.'
  if (version === newest) {
    return `Sent where PUBLISH_VERSIONS is newest or has ${type}:${version}, and where the database was made when this version existed.`
  }
  return version === versionToSend(type)
    ? `Sent by default where the database was made before version ${newest} existed.`
    : `Read by every consumer, and sent where PUBLISH_VERSIONS has ${type}:${version}.`
}
