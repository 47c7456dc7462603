/** The OpenAPI 3.1 document of a service, from the same schemas that check its requests. */
import { z } from 'zod'
import { problemSchema } from './problem.ts'
import { type HeaderDocs, isOptional, type ResponseDocs, type Route } from './route.ts'

type JsonObject = Record<string, unknown>

/** A body is read by every route that changes something, also where it needs no field. */
const takesBody = ({ method, body }: Route): boolean => body !== undefined || method !== 'get'

/** Which problems a route can answer beside its own: what its checks and the server's bounds lead to. */
const problemsOf = (route: Route): Record<number, string> => ({
  403: 'The Host is not served, or the page of another origin asks',
  406: 'Not acceptable: only application/json is available',
  ...(route.params && { 404: 'Not found' }),
  ...((route.query || route.headers || takesBody(route)) && { 422: 'Validation failed' }),
  ...(takesBody(route) && {
    400: 'The body is not JSON',
    413: 'The body is over 256 kB',
    415: 'The body is not said to be JSON',
  }),
  429: 'Too many requests at once',
  503: 'The service is not available now',
})

export const openApi = (service: string, routes: readonly Route[]): JsonObject => ({
  openapi: '3.1.0',
  info: {
    title: `Quadrille: ${service}`,
    version: '0.1.0',
    description: `The HTTP interface of the ${service} service. Money is an integer in minor units of its currency; times are RFC 3339.`,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'This service' }],
  security: [],
  tags: [{ name: service, description: `What the ${service} service knows` }],
  paths: Object.fromEntries([...byPath(routes)].map(([path, operations]) => [path, pathItem(service, operations)])),
  components: { schemas: { Problem: jsonSchema(problemSchema, 'output') } },
})

const byPath = (routes: readonly Route[]): Map<string, Route[]> => Map.groupBy(routes, ({ path }) => path)

const pathItem = (service: string, routes: readonly Route[]): JsonObject =>
  Object.fromEntries(routes.map((route) => [route.method, operation(service, route)]))

const operation = (service: string, route: Route): JsonObject => ({
  operationId: route.operationId,
  summary: route.summary,
  tags: [service],
  parameters: [
    ...parameters('path', route.params),
    ...parameters('query', route.query),
    ...parameters('header', route.headers),
  ],
  ...(route.body && {
    requestBody: {
      required: !isOptional(route.body),
      content: { 'application/json': { schema: jsonSchema(route.body, 'input') } },
    },
  }),
  responses: {
    ...Object.fromEntries(
      Object.entries(problemsOf(route)).map(([status, description]) => [status, problem(description)]),
    ),
    ...Object.fromEntries(
      Object.entries(route.responses).map(([status, response]) => [status, answer(Number(status), response)]),
    ),
  },
})

const answer = (status: number, { description, body, headers }: ResponseDocs): JsonObject => {
  if (!body) return status >= 400 ? problem(description) : { description }
  const content = { 'application/json': { schema: jsonSchema(body, 'output') } }
  return { description, ...(headers && { headers: headerObjects(headers) }), content }
}

const headerObjects = (headers: HeaderDocs): JsonObject =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  )

const problem = (description: string): JsonObject => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const parameters = (place: 'path' | 'query' | 'header', schema: z.ZodType | undefined): JsonObject[] => {
  const { properties = {}, required = [] } = schema ? jsonSchema(schema, 'input') : {}
  return Object.entries(properties as JsonObject).map(([name, shape]) => ({
    name,
    in: place,
    required: place === 'path' || (required as string[]).includes(name),
    schema: shape,
  }))
}

/** JSON Schema 2020-12, which is OpenAPI 3.1's own dialect. What a refinement checks beyond it stays prose. */
const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _, '~standard': __, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject
  return rest
}
