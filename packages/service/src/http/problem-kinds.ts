/** Every kind of problem. The pages about problems and the OpenAPI document are generated from this table. */

interface Kind {
  readonly status: number
  readonly title: string
  readonly when: string
  readonly remedy: string
}

export const problemKinds = {
  'malformed-request': {
    status: 400,
    title: 'The request is malformed',
    when: 'The request target is not a path of ASCII characters that begins with `/`.',
    remedy: 'Send a path without a fragment, percent-encoded as in RFC 3986.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    when: 'The body is missing, is not JSON in UTF-8, or has an object with a duplicate name.',
    remedy: 'Send one JSON value. `detail` names the first error.',
  },
  forbidden: {
    status: 403,
    title: 'This request is not allowed',
    when: 'The `Host` is not allowed, or the request comes from a page of another origin.',
    remedy: 'Add the host to `ALLOWED_HOSTS`, or send the request from a server instead of a page.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    when: 'The service has no such route, or no resource with this id.',
    remedy: 'Check the path and the id. `/openapi.json` lists the routes of the service.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    when: 'The path does not support this method.',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'The response is not acceptable to the client',
    when: 'The `Accept` header excludes the media type of the response: `application/json`, or the type of a file.',
    remedy: 'Accept the type that `detail` names, or leave the header out.',
  },
  conflict: {
    status: 409,
    title: 'The current state does not allow this',
    when: 'The state of the resource or dead letter does not allow the operation.',
    remedy:
      'Read the current state. The same request fails again until the state changes. Further members of the body, such as `missing`, are described in `/openapi.json`.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The condition of the request is false',
    when: 'The resource has changed since the client read its `ETag` (`If-Match`), it exists already (`If-None-Match: *`), or the route does not support the condition.',
    remedy:
      'Nothing was changed. After `If-Match` read the resource again, and repeat the request with its present `ETag`. If the route does not support the condition, leave it out.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    when: 'The body is larger than 256 KiB, or a file larger than the route accepts.',
    remedy: 'Send a smaller body.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type of the body is not supported',
    when: 'The content type is not `application/json` in UTF-8, a file is of a type that the route does not accept, or the body has a content encoding.',
    remedy: 'Send the type that `detail` names, such as `Content-Type: application/json`, and no `Content-Encoding`.',
  },
  'invalid-fields': {
    status: 422,
    title: 'Validation failed',
    when: 'A field of the body, a query parameter or a header has an invalid value, is missing, or is unknown.',
    remedy: 'Correct the fields that `errors` lists. Each `pointer` is a JSON Pointer (RFC 6901).',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This idempotency key was used for another request',
    when: 'The `Idempotency-Key` was used before, with other content.',
    remedy: 'Use a new key for each new request, and the same key only to repeat one.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many concurrent requests',
    when: 'The service is at a limit of concurrent requests: `HTTP_MAX_IN_FLIGHT`, 32 MiB of request bodies, 32 uploads, 256 downloads, or 500 for health and metrics.',
    remedy: 'Repeat the request after the number of seconds in `Retry-After`.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    when: 'The service failed unexpectedly. Its log has the error, in the line with the `instance` of the problem.',
    remedy:
      'Repeat the request later, with the same `Idempotency-Key`. Give `instance` to the operators of the service.',
  },
  unavailable: {
    status: 503,
    title: 'Service unavailable',
    when: 'Postgres is unreachable, the service is at one of its limits, or the broker refuses this instance.',
    remedy: 'Repeat the request after the number of seconds in `Retry-After`, with the same `Idempotency-Key`.',
  },
} as const satisfies Record<string, Kind>

export type ProblemKind = keyof typeof problemKinds

/** All kinds with their names, by status. */
export const allProblemKinds: readonly (Kind & { readonly kind: ProblemKind })[] = Object.entries(problemKinds).map(
  ([kind, described]) => ({ kind: kind as ProblemKind, ...described }), // `Object.entries` types keys as `string`
)

/** A service describes its problems at this path, each in its own section. */
export const problemsPath = '/docs/problems'

/**
 * The `type` of a problem: a path at the host of the response. RFC 9457, section 3.1.1, recommends the full path in a
 * relative URI.
 */
export const problemType = (kind: ProblemKind): string => `${problemsPath}#${kind}`
