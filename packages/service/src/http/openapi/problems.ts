/** The problems of an operation, as responses of the OpenAPI document. */
import { mediaTypesOf } from '../negotiation.ts'
import { Problem, problemSchema } from '../problem.ts'
import { allProblemKinds, type ProblemKind, problemKinds } from '../problem-kinds.ts'
import { type Route, takesBody } from '../route.ts'
import { uploadSpec } from '../upload.ts'
import type { Components, JsonObject } from './components.ts'

/** The problems from the checks of a route and the limits of the server, by status. */
const commonProblems = (route: Route): Record<number, string> => ({
  403: 'The host is not allowed, or a page of another origin sent the request',
  406: `Only ${mediaTypesOf(route).join(' or ')} is available`,
  ...(route.params && { 404: 'Not found' }),
  ...(route.method !== 'get' && { 412: 'The condition of the request is false or not supported' }),
  422: 'Validation failed',
  ...bodyProblems(route),
  429: 'Too many concurrent requests',
  500: 'Internal error',
  503: 'Postgres is unreachable, or the service is at one of its limits',
})

const bodyProblems = (route: Route): Record<number, string> => {
  const upload = uploadSpec(route)
  if (upload) {
    return {
      400: 'The client disconnected during the upload',
      413: `The file is larger than ${upload.maxBytes.toLocaleString('en')} bytes`,
      415: `The file is not ${upload.mediaTypes.join(' or ')}`,
    }
  }
  if (!takesBody(route)) return {}
  return {
    400: 'The body is not JSON',
    413: 'The body is larger than 256 KiB',
    415: 'The content type is not application/json',
  }
}

/** The responses for all problems of a route, by status. The route's own declarations take precedence. */
export const problemResponses = (route: Route, components: Components): JsonObject => {
  const described = { ...commonProblems(route) }
  for (const [status, { description }] of Object.entries(route.responses))
    if (Number(status) >= 400) described[Number(status)] = description
  return Object.fromEntries(
    Object.entries(described).map(([status, description]) => [
      status,
      problemResponse(route, { status: Number(status), description }, components),
    ]),
  )
}

const problemResponse = (
  route: Route,
  { status, description }: { readonly status: number; readonly description: string },
  components: Components,
): JsonObject => {
  const declared = route.responses[status]
  const kinds = allProblemKinds.filter((kind) => kind.status === status && canReturn(route, kind.kind))
  return {
    description,
    ...((status === 429 || status === 503 || declared?.retryAfter) && {
      headers: { 'Retry-After': retryAfter(components) },
    }),
    content: {
      'application/problem+json': {
        schema: components.schema(declared?.body ?? problemSchema, 'output'),
        examples: Object.fromEntries(kinds.map(({ kind }) => [kind, problemExample(kind, components)])),
      },
    },
  }
}

/** Only a route with an Idempotency-Key has this problem. */
const canReturn = ({ headers }: Route, kind: ProblemKind): boolean =>
  kind !== 'idempotency-key-reused' || (headers !== undefined && 'idempotency-key' in headers.shape)

const retryAfter = (components: Components) =>
  components.refer('headers', 'Retry-After', {
    description: 'The number of seconds after which the request may be repeated.',
    schema: { type: 'integer', minimum: 1, examples: [1] },
  })

const problemExample = (kind: ProblemKind, components: Components) => {
  const { title, when } = problemKinds[kind]
  const errors = kind === 'invalid-fields' ? [{ pointer: '/lines/0/quantity', detail: 'must be at least 1' }] : []
  const problem = new Problem(kind, when.replaceAll('`', ''), { errors }).toJSON()
  const value =
    kind === 'internal' ? { ...problem, instance: 'urn:uuid:2f7c1a60-5be2-4d1f-8f6d-0a6a3a6f5f10' } : problem
  return components.refer('examples', kind, { summary: title, value })
}
