/** The OpenAPI 3.1 document of a service, generated from the schemas that check its requests. */
import type { z } from 'zod'
import { headerName } from '../header-name.ts'
import { mediaTypesOf } from '../negotiation.ts'
import { type HeaderDocs, isOptional, type ResponseDocs, type Route, takesBody } from '../route.ts'
import { eventStream } from '../server-sent-events.ts'
import { uploadSpec } from '../upload.ts'
import { version } from '../version.ts'
import { type Components, createComponents, type JsonObject } from './components.ts'
import { problemResponses } from './problems.ts'

/**
 * @param basePath the path prefix under which clients reach the service.
 * @throws {Error} if two schemas of the service have the same title.
 */
export const openApi = (service: string, routes: readonly Route[], basePath = ''): JsonObject => {
  const components = createComponents()
  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, operations]) => [
    path,
    Object.fromEntries(operations.map((route) => [route.method, operation(service, route, components)])),
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: `Quadrille: ${service}`,
      version,
      description: `The HTTP interface of the ${service} service. Money is an integer in minor units of its currency, with the digits of ISO 4217: 2 for EUR and HUF, 0 for JPY, 3 for KWD. Times are RFC 3339. Texts in requests have no control characters, except line breaks and tabs in notes, no lone surrogates, and no format characters (Unicode category Cf) other than the joiners U+200C and U+200D. Errors are problem details (RFC 9457). Later versions may add fields and values of enumerations to responses: clients ignore what they do not know.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath || '/', description: 'This service' }],
    security: [],
    tags: tagsOf(service, routes),
    paths: Object.fromEntries(paths),
    components: components.all(),
  }
}

const tagsOf = (service: string, routes: readonly Route[]): JsonObject[] => [
  ...(routes.some(({ tag }) => tag === undefined)
    ? [{ name: service, description: `The resources of the ${service} service` }]
    : []),
  ...(routes.some(({ tag }) => tag === 'operations')
    ? [{ name: 'operations', description: 'Dead letters and the progress of messages, for operators and tools' }]
    : []),
]

const operation = (service: string, route: Route, components: Components): JsonObject => ({
  operationId: route.operationId,
  summary: route.summary,
  description: route.description,
  tags: [route.tag ?? service],
  parameters: [
    ...parameters('path', route.params, components),
    ...parameters('query', route.query, components),
    ...parameters('header', route.headers, components),
    ...(isConditional(route) ? [ifNoneMatch(components)] : []),
    ...traceContext(components),
  ],
  ...requestBody(route, components),
  responses: {
    ...problemResponses(route, components),
    ...Object.fromEntries(
      Object.entries(route.responses)
        .filter(([status]) => Number(status) < 400)
        .map(([status, response]) => [status, successResponse(response, route, components)]),
    ),
    ...(isConditional(route) && {
      304: {
        description: 'The client has this response, by its `If-None-Match`',
        headers: headerRefs(etag, components),
      },
    }),
    ...(takesBody(route) && {
      408: { description: 'The request did not arrive in time. The response has no content' },
    }),
  },
})

const requestBody = (route: Route, components: Components): JsonObject => {
  const { body } = route
  const upload = uploadSpec(route)
  if (upload) {
    const { description, mediaTypes } = upload
    return { requestBody: { description, required: true, content: binary(mediaTypes) } }
  }
  if (!body) return {}
  const content = json(body, { io: 'input' }, components)
  return { requestBody: { description: body.meta()?.description, required: !isOptional(body), content } }
}

/** True if the response has an ETag: JSON and files do, streams do not. */
const isConditional = (route: Route): boolean => route.method === 'get' && mediaTypesOf(route)[0] !== eventStream

const etag = { ETag: 'It differs whenever the content differs. For `If-None-Match`.' }

const successResponse = (
  { description, body, example, file, events, headers }: ResponseDocs,
  route: Route,
  components: Components,
): JsonObject => ({
  description,
  ...((headers || isConditional(route)) && {
    headers: headerRefs({ ...(isConditional(route) && etag), ...headers }, components),
  }),
  ...((body ?? file ?? events) && {
    content: {
      ...(body && json(body, { io: 'output', example }, components)),
      ...(file && binary(file)),
      ...(events && { [eventStream]: { schema: { type: 'string', description: events } } }),
    },
  }),
})

/** Bytes have no schema (OpenAPI 3.1, "Considerations for File Uploads"). */
const binary = (mediaTypes: readonly string[]): JsonObject =>
  Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, {}]))

interface BodyDocs {
  readonly io: 'input' | 'output'
  readonly example?: unknown
}

/** Without an example of its own, repeats the first one of the schema, because some tools do not read it from the schema. */
const json = (body: z.ZodType, { io, example = firstExample(body) }: BodyDocs, components: Components): JsonObject => ({
  'application/json': { schema: components.schema(body, io), ...(example !== undefined && { example }) },
})

const firstExample = (body: z.ZodType): unknown => {
  const { examples } = body.meta() ?? {}
  return Array.isArray(examples) ? examples[0] : undefined
}

const headerRefs = (headers: HeaderDocs, components: Components): JsonObject =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      components.refer('headers', name, { description, schema: { type: 'string' } }),
    ]),
  )

const parameters = (
  place: 'path' | 'query' | 'header',
  schema: z.ZodType | undefined,
  components: Components,
): JsonObject[] => {
  if (!schema) return []
  const { properties = {}, required = [] }: ObjectSchema = components.schema(schema, 'input')
  return Object.entries(properties).map(([name, { description, ...shape }]) => ({
    name: place === 'header' ? headerName(name) : name,
    in: place,
    description,
    required: place === 'path' || required.includes(name),
    schema: shape,
  }))
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonObject>>
  readonly required?: readonly string[]
}

const ifNoneMatch = (components: Components) =>
  components.refer('parameters', 'If-None-Match', {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The `ETag` of the response that the client has. If it is still the current one, the response is 304.',
    schema: { type: 'string' },
  })

/** Every operation continues the trace of a trusted caller. */
const traceContext = (components: Components) => [
  components.refer('parameters', 'traceparent', {
    name: 'traceparent',
    in: 'header',
    required: false,
    description: 'The trace of the caller (W3C Trace Context). It is continued where `TRUST_TRACEPARENT` allows it.',
    schema: { type: 'string', examples: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'] },
  }),
  components.refer('parameters', 'tracestate', {
    name: 'tracestate',
    in: 'header',
    required: false,
    description: 'Vendor-specific data about that trace, passed on with it.',
    schema: { type: 'string' },
  }),
]
