/** The page docs/reference/events.md. */
import { catalog, choreography, type MessageType, publisherOf, shop } from '@quadrille/events'
import { consumersOf, newestVersion } from '@quadrille/messages'
import { exampleOf } from '@quadrille/messages/generate'
import { z } from 'zod'
import { code, page, table } from './markdown.ts'

export const eventsPage = (): string => {
  const types: readonly MessageType[] = Object.values(choreography).flatMap(({ publishes }) => publishes)
  return page('Events', [
    'Each event travels on the fanout exchange of its publisher, as [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) in structured JSON. The examples are of one order. [Consume events in any language](../any-language.md) shows how to receive them; the [AsyncAPI document](../asyncapi.yaml) has every version.',
    table(
      ['event', 'publisher', 'meaning'],
      types.map((type) => [
        `[${type}](#${type.toLowerCase()})`,
        publisherOf(type)?.name ?? '',
        sentence(catalog[type].summary),
      ]),
    ),
    ...types.map(section),
  ])
}

const section = (type: MessageType): string => {
  const publisher = publisherOf(type)
  const consumers = publisher
    ? consumersOf(publisher, choreography).filter(({ consumes }) => consumes.includes(type))
    : []
  const newest = newestVersion(catalog[type])
  const { versions }: { readonly versions: readonly { readonly schema: z.ZodType }[] } = catalog[type]
  const schemas = versions.map((_, index) => `[${index + 1}](../../packages/events/schemas/${type}/${index + 1}.json)`)
  return [
    `## ${type}`,
    sentence(catalog[type].summary),
    [
      `- Exchange: ${code(`${publisher?.name}.events`)}`,
      `- Consumers: ${consumers.map(({ name }) => name).join(', ')}`,
      `- Versions: ${schemas.join(', ')}`,
    ].join('\n'),
    table(['field of `data`', 'type', 'description'], fieldRows(jsonSchema(versions[newest - 1]?.schema))),
    ['```json', JSON.stringify(exampleOf(shop, type, newest), null, 2), '```'].join('\n'),
  ].join('\n\n')
}

type Schema = z.core.JSONSchema.BaseSchema

const jsonSchema = (schema: z.ZodType | undefined): Schema => (schema ? z.toJSONSchema(schema, { io: 'input' }) : {})

/** One row per field, including nested fields. Optional ones have a question mark. */
const fieldRows = ({ properties = {}, required = [] }: Schema, prefix = ''): string[][] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return []
    const path = `${prefix}${name}`
    const row = [code(`${path}${required.includes(name) ? '' : '?'}`), typeOf(schema), schema.description ?? '']
    const { items } = schema
    const within = items && typeof items === 'object' && !Array.isArray(items) ? items : undefined
    return [row, ...(within ? fieldRows(within, `${path}[].`) : fieldRows(schema, `${path}.`))]
  })

/** @throws if the schema has no type that the table can show. */
const typeOf = (schema: Schema): string => {
  const { enum: values, anyOf, type, format } = schema
  if (values) return values.map((value) => code(String(value))).join(', ')
  if (anyOf)
    return anyOf.map((one) => (one.pattern ? `a string that matches ${code(one.pattern)}` : typeOf(one))).join(', or ')
  if (!type) throw new Error(`There is no type to show in ${JSON.stringify(schema)}.`)
  return [type, format].filter(Boolean).join(', ')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
