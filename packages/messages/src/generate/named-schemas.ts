/** The keywords of JSON Schema whose values are data, not schemas. */
const data: ReadonlySet<string> = new Set(['examples', 'default', 'const', 'enum'])

/**
 * Replaces each titled schema within a schema by the result of `refer`, the innermost first. So documents contain a
 * schema that is used several times only once, under its title.
 */
export const nameSchemas = (schema: object, refer: Refer): JsonObject => {
  const { title, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, child]) => [key, data.has(key) ? child : nameWithin(child, refer)]),
  )
  if (typeof title === 'string') return refer(title, rest)
  return title === undefined ? rest : { title, ...rest }
}

type JsonObject = Record<string, unknown>
type Refer = (name: string, schema: JsonObject) => JsonObject

const nameWithin = (value: unknown, refer: Refer): unknown => {
  if (Array.isArray(value)) return value.map((child) => nameWithin(child, refer))
  return typeof value === 'object' && value !== null ? nameSchemas(value, refer) : value
}
