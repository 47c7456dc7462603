/** The keywords of JSON Schema whose values are data, not schemas. */
const dataKeywords: ReadonlySet<string> = new Set(['examples', 'default', 'const', 'enum'])

/**
 * Replaces each titled schema within a schema by the result of `refer`, the innermost first. A document then
 * contains each such schema once, under its title.
 */
export const extractTitledSchemas = (schema: object, refer: Refer): JsonObject => {
  const { title, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, child]) => [key, dataKeywords.has(key) ? child : extractWithin(child, refer)]),
  )
  if (typeof title === 'string') return refer(title, rest)
  return title === undefined ? rest : { title, ...rest }
}

type JsonObject = Record<string, unknown>
type Refer = (name: string, schema: JsonObject) => JsonObject

const extractWithin = (value: unknown, refer: Refer): unknown => {
  if (Array.isArray(value)) return value.map((child) => extractWithin(child, refer))
  return typeof value === 'object' && value !== null ? extractTitledSchemas(value, refer) : value
}
