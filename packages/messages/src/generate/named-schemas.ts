/** The keywords of JSON Schema whose values are data, not schemas. */
const data: ReadonlySet<string> = new Set(['examples', 'default', 'const', 'enum'])

/**
 * The schema with each one in it that has a title replaced by what `refer` makes of it, the innermost first. Documents use it
 * to write a schema that is used several times once, under its title.
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
