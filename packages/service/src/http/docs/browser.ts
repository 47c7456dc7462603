/**
 * The scripts and the style sheet of the documentation pages. The browser loads them as files, because the pages allow
 * no inline scripts.
 */

/** Shows the OpenAPI document in Swagger UI. */
export const httpScript = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 1,
  defaultModelExpandDepth: 3,
  displayRequestDuration: true,
})
`

/**
 * Loaded on the events page before AsyncAPI's component. At loading, the component compiles validators from text, which needs
 * 'unsafe-eval'. The page validates no documents, so this script replaces each validator by one that accepts everything.
 */
export const noEvalScript = `window.Function = new Proxy(Function, { construct: () => () => () => true })
`

/**
 * Shows the AsyncAPI document in AsyncAPI's React component. Its build without a parser needs a document with resolved
 * references, and with the extension fields that the parser would add to channels, operations, messages and schemas.
 */
export const eventsScript = `const source = await (await fetch('../asyncapi.json')).json()

const unescaped = (key) => key.replaceAll('~1', '/').replaceAll('~0', '~')
const at = (pointer) => pointer.slice(2).split('/').reduce((value, key) => value[unescaped(key)], source)

const resolved = new Map()
const resolve = (value) => {
  if (typeof value !== 'object' || value === null) return value
  if (typeof value.$ref === 'string') return resolve(at(value.$ref))
  if (resolved.has(value)) return resolved.get(value)
  const copy = Array.isArray(value) ? [] : {}
  resolved.set(value, copy)
  for (const [key, child] of Object.entries(value)) copy[key] = resolve(child)
  return copy
}

const mark = (named, key) => {
  for (const [name, value] of Object.entries(named)) value[key] = name
}

const schema = resolve(source)
mark(schema.channels, 'x-parser-unique-object-id')
mark(schema.operations, 'x-parser-unique-object-id')
mark(schema.components.messages, 'x-parser-unique-object-id')
mark(schema.components.schemas, 'x-parser-schema-id')
schema['x-parser-spec-parsed'] = true
schema['x-parser-api-version'] = 3

const config = { show: { sidebar: true, errors: false }, expand: { messageExamples: true } }
AsyncApiStandalone.render({ schema, config }, document.querySelector('#reference'))
`

export const styles = `:root { color-scheme: light; }
body { margin: 0; font-family: system-ui, sans-serif; line-height: 1.5; color: #1f2937; background: #fff; }
body > nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; padding: 0.75rem 1.5rem; background: #1f2937; }
body > nav a { color: #e5e7eb; text-decoration: none; }
body > nav a:hover, body > nav a[aria-current] { color: #fff; text-decoration: underline; }
body > nav strong { color: #fff; font-weight: 600; }
main.text { max-width: 46rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
main.text li { margin: 0.5rem 0; }
main.text h2 { margin-top: 2.5rem; font-size: 1.15rem; }
main.text section:target h2 { background: #fef3c7; }
main.text code { padding: 0.1em 0.3em; border-radius: 3px; background: #f3f4f6; font-size: 0.9em; }
`
