/** TypeScript from the JSON Schemas of an OpenAPI document, as far as ours use them. */

/** The keywords that decide the type of a value. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly description?: string
}

/** The names of the schemas to which this one refers. */
export const referencesIn = ({
  $ref,
  anyOf = [],
  items,
  properties = {},
  additionalProperties,
}: JsonSchema): string[] => [
  ...($ref === undefined ? [] : [nameOf($ref)]),
  ...[...anyOf, ...Object.values(properties), items, additionalProperties].flatMap((inner) =>
    typeof inner === 'object' ? referencesIn(inner) : [],
  ),
]

/** An interface with the descriptions of its fields. @throws {Error} for a keyword that it does not know. */
export const declarationOf = (name: string, { description, properties = {}, required = [] }: JsonSchema): string => {
  const fields = Object.entries(properties).map(
    ([field, schema]) =>
      `${comment(schema.description, '  ')}  readonly ${field}${required.includes(field) ? '' : '?'}: ${typeOf(schema)}\n`,
  )
  return `${comment(description, '')}export interface ${name} {\n${fields.join('')}}`
}

const comment = (text: string | undefined, indent: string): string => (text ? `${indent}/** ${text} */\n` : '')

const nameOf = (reference: string): string => reference.replace('#/components/schemas/', '')

const typeOf = (schema: JsonSchema): string => {
  if (schema.$ref !== undefined) return nameOf(schema.$ref)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ')
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'null':
      return schema.type
    case 'integer':
      return 'number'
    case 'array':
      return `readonly ${wrapped(typeOf(schema.items ?? {}))}[]`
    case 'object':
      return objectOf(schema)
    case undefined:
      return 'unknown'
    default:
      throw new Error(`A schema has the type ${schema.type}, which npm run generate does not know.`)
  }
}

const wrapped = (type: string): string => (type.includes(' ') ? `(${type})` : type)

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))

const objectOf = ({ properties = {}, required = [], additionalProperties }: JsonSchema): string => {
  const fields = Object.entries(properties)
  if (fields.length === 0 && typeof additionalProperties === 'object')
    return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`
  const inner = fields.map(
    ([field, schema]) => `readonly ${field}${required.includes(field) ? '' : '?'}: ${typeOf(schema)}`,
  )
  return `{ ${inner.join('; ')} }`
}
