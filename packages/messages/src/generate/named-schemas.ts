/** The keywords of JSON Schema whose values are data, not schemas. */
const data: ReadonlySet<string> = new Set(['examples', 'default', 'const', 'enum'])

/**
 * The schema with each one in it that has a title replaced by what `refer` makes of it, the innermost first. Documents use it
 * to write a schema that is used several times once, under its title.
 */
export const nameSchemas = (schema: unknown, refer: (name: string, schema: object) => object): unknown => {
  if (Array.isArray(schema)) return schema.map((child) => nameSchemas(child, refer))
  if (typeof schema !== 'object' || schema === null) return schema
  const { title, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([key, child]) => [key, data.has(key) ? child : nameSchemas(child, refer)]),
  )
  if (typeof title === 'string') return refer(title, rest)
  return title === undefined ? rest : { title, ...rest }
}
