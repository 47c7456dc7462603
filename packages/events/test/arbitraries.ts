/** Arbitrary valid data of any message, derived from the JSON Schema of its version. */
import type { Definition } from '@quadrille/messages'
import fc from 'fast-check'
import { z } from 'zod'
import { photos, primitives } from '../src/index.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema
type Data = { orderId: string }

/** Data that version `version` of a message accepts. */
export const dataOf = ({ versions }: Pick<Definition, 'versions'>, version: number): fc.Arbitrary<Data> => {
  const schema = versions[version - 1]?.schema
  if (!schema) throw new Error(`There is no version ${version}.`)
  return fromSchema(z.toJSONSchema(schema, { io: 'input' })) as fc.Arbitrary<Data>
}

const fromSchema = (schema: JsonSchema | boolean): fc.Arbitrary<unknown> => {
  if (typeof schema === 'boolean') throw new Error('No message has a schema that is only true or false.')
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fromSchema))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.type === 'array') return fromArray(schema)
  if (schema.type === 'object') return schema.properties ? fromProperties(schema) : fromPairs(schema)
  return fromScalar(schema)
}

const fromScalar = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  if (schema.type === 'string') return fromString(schema)
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000 })
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'null') return fc.constant(null)
  throw new Error(`packages/events/test/arbitraries.ts has no arbitrary yet for ${JSON.stringify(schema)}.`)
}

const fromProperties = ({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, fromSchema(schema)])), {
    requiredKeys: required,
    noNullPrototype: true,
  })

const fromPairs = ({ propertyNames = {}, additionalProperties = {}, maxProperties = 3 }: JsonSchema) =>
  fc.dictionary(fromSchema(propertyNames) as fc.Arbitrary<string>, fromSchema(additionalProperties), {
    maxKeys: maxProperties,
    noNullPrototype: true,
  })

const fromArray = ({ items, minItems = 0, maxItems = 5 }: JsonSchema): fc.Arbitrary<unknown> => {
  if (!items || Array.isArray(items)) throw new Error('Every array of a message has items of one kind.')
  return fc.array(fromSchema(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 5) })
}

/** Among them units that a conversion or a check of clients' input might change or reject, such as U+200B and U+202E. */
const textUnit = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  fc.constantFrom(' ', 'A', '\u200b', '\u202e'),
)

const codesOfCurrencies = Intl.supportedValuesOf('currency')
const patternOf = (schema: z.ZodType) => z.toJSONSchema(schema).pattern

const fromString = ({ format, pattern, minLength = 0, maxLength = 1_000 }: JsonSchema): fc.Arbitrary<string> => {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString())
  if (format === 'email') return fc.stringMatching(/^[A-Za-z][a-z0-9]{0,20}@[A-Za-z]{1,20}\.[a-z]{2,5}$/)
  if (pattern === patternOf(primitives.currencyCode)) return fc.constantFrom(...codesOfCurrencies)
  if (pattern === patternOf(primitives.sku)) return fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  if (pattern === patternOf(primitives.parcelOccasion)) return fc.stringMatching(new RegExp(pattern ?? ''))
  if (pattern === patternOf(photos.sha256)) return fc.stringMatching(/^[0-9a-f]{64}$/)
  const allowed = new RegExp(pattern ?? '', 'u')
  return fc
    .string({ unit: textUnit, minLength, maxLength: Math.min(maxLength, 40) })
    .filter((text) => text.length <= maxLength && text !== '__proto__' && allowed.test(text))
}
