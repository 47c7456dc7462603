/** Finds gaps in a document of JSON Schemas: OpenAPI or AsyncAPI. */

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Everything in a document, with its JSON Pointer. */
function* walk(value: unknown, pointer = ''): Generator<[pointer: string, value: Json]> {
  if (Array.isArray(value)) for (const [index, child] of value.entries()) yield* walk(child, `${pointer}/${index}`)
  if (!isJson(value)) return
  yield [pointer, value]
  for (const [key, child] of Object.entries(value))
    if (!data.has(key)) yield* walk(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

/** Keywords whose values are examples of data. */
const data: ReadonlySet<string> = new Set(['examples', 'example', 'default', 'const', 'enum', 'value'])

/** The pointers of parameters, headers and properties without a description. A reference has the description of its target. */
export const undescribed = (document: Json): string[] =>
  [...walk(document)].flatMap(([pointer, value]) =>
    ['properties', 'parameters', 'headers'].flatMap((section) => {
      const described = pointer.endsWith('/properties') ? undefined : value[section] // there they are names of properties
      if (!isJson(described) && !Array.isArray(described)) return []
      return Object.entries(described)
        .filter(([, one]) => !isDescribed(one))
        .map(([name]) => `${pointer}/${section}/${name}`)
    }),
  )

const isDescribed = (value: unknown): boolean => {
  if (!isJson(value)) return false
  if (typeof value['description'] === 'string' || typeof value['$ref'] === 'string') return true
  return ['anyOf', 'oneOf', 'allOf'].some((key) => {
    const children = value[key]
    return Array.isArray(children) && children.some(isDescribed)
  })
}

/** The regular expressions of the document. */
export const patterns = (document: Json): string[] =>
  [...walk(document)].flatMap(([, { pattern }]) => (typeof pattern === 'string' ? [pattern] : []))

/** The broken references within the document. */
export const unresolved = (document: Json): string[] =>
  [...walk(document)].flatMap(([, { $ref }]) => {
    if (typeof $ref !== 'string') return []
    const keys = $ref
      .slice(2)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    const target = keys.reduce<unknown>((value, key) => (isJson(value) ? value[key] : undefined), document)
    return $ref.startsWith('#/') && target !== undefined ? [] : [$ref]
  })
