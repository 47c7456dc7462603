/**
 * A route as a value, with schemas for its requests and responses. The checks of requests, the OpenAPI document and the types of
 * the handler are derived from them.
 */
import type { z } from 'zod'
import { checkRoute } from './check-routes.ts'
import type { EventStream } from './event-streams.ts'
import type { Problem } from './problem.ts'
import type { FileReply } from './send-file.ts'

/** The reply of any route. `ReplyOf` is the type for one route. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
  /** Sent instead of a body. */
  readonly file?: FileReply
  /** Sent instead of a body, event by event. */
  readonly events?: EventStream
  readonly headers?: Readonly<Record<string, string | undefined>>
}

export interface RouteRequest<Params, Query, Body, Headers> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly headers: Headers
  /** The media type of a response that the client prefers: one of those that the route declares. The default is JSON. */
  readonly mediaType: string
  /** The IP address of the client. */
  readonly remoteAddress: string
  /** The caller's trace, continued by the span of this request. Messages that the request causes have it. */
  readonly trace: { readonly traceparent?: string | undefined; readonly tracestate?: string | undefined }
}

export type HeaderDocs = Readonly<Record<string, string>>

export interface ResponseDocs {
  readonly description: string
  /** The body as JSON. Problems are declared without it, unless they have members of their own. */
  readonly body?: z.ZodType
  /** An example of the body of this response. Default: the first example of its schema. */
  readonly example?: unknown
  /** The media types of a response that is a file instead. A client that has the file already gets 304. */
  readonly file?: readonly [string, ...string[]]
  /**
   * A description of the server-sent events of a response that is a stream. With a body as well, the client selects one of them by
   * its Accept header.
   */
  readonly events?: string
  /** Whether a problem may have `Retry-After`. Default: 429 and 503 do. */
  readonly retryAfter?: boolean
  readonly headers?: HeaderDocs
}

export type Responses = Readonly<Record<number, ResponseDocs>>

/** The result of a handler: a declared status below 400, with the body and headers of that response. Problems are thrown. */
export type ReplyOf<Declared extends Responses> = {
  [Status in Success<keyof Declared>]: { readonly status: Status } & ContentOf<Declared[Status]> &
    HeadersOf<Declared[Status]>
}[Success<keyof Declared>]

type ContentOf<Declared> =
  | (Declared extends { readonly body: infer Schema } ? { readonly body: Shown<z.output<Schema>> } : never)
  | (Declared extends { readonly file: readonly string[] } ? { readonly file: FileReply } : never)
  | (Declared extends { readonly events: string } ? { readonly events: EventStream } : never)

type Success<Status> = Status extends number ? (`${Status}` extends `${2 | 3}${string}` ? Status : never) : never

/** Handlers write the names of headers in lower case. */
type HeadersOf<Declared> = Declared extends { readonly headers: infer Docs }
  ? { readonly headers?: { readonly [Name in keyof Docs & string as Lowercase<Name>]?: string } }
  : { readonly headers?: never }

/** The same value with read-only arrays and objects. */
type Shown<Value> = Value extends readonly (infer Item)[]
  ? readonly Shown<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Shown<Value[Name]> }
    : Value

/** Declared as a method, so that routes with different types of requests fit into one list. */
type Handle<Request, Result> = { handle(request: Request): Promise<Result> | Result }['handle']

export interface RouteSpec<Params, Query, Body, Headers, Declared extends Responses, Result = ReplyOf<Declared>> {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** OpenAPI style: /items/{id}. Its parameters are the fields of `params`. */
  readonly path: string
  readonly operationId: string
  /** A few words for the list of operations. */
  readonly summary: string
  /** The effect and the guarantees of the operation, in one or more sentences. */
  readonly description: string
  /** The section of the document. Default: the name of the service. */
  readonly tag?: 'operations'
  /** For an invalid parameter the response is 404. */
  readonly params?: z.ZodObject & z.ZodType<Params>
  /** For an invalid query the response is 422. Default: no parameters. */
  readonly query?: z.ZodType<Query>
  /** Parameters of the query that a stream of this route does not have. For a stream with one of them the response is 422. */
  readonly listQuery?: readonly string[]
  /** Parameters of the query that only a stream of this route has. For JSON with one of them the response is 422. */
  readonly streamQuery?: readonly string[]
  /**
   * For an invalid body the response is 422; 400 if it is not JSON, 415 if its content type is not JSON. An optional body
   * may be absent. `uploadOf` makes the schema of a body that is a file.
   */
  readonly body?: z.ZodType<Body>
  /** Request headers by their lower-case names. For an invalid one the response is 422. Other headers are ignored. */
  readonly headers?: z.ZodObject & z.ZodType<Headers>
  readonly responses: Declared
  /**
   * Admission check, run before the body is read. Returns a problem to reject the request cheaply. A path with parameters can't
   * have one.
   */
  readonly refusal?: () => Problem | undefined
  readonly handle: Handle<RouteRequest<Params, Query, Body, Headers>, Result>
}

/** A route among others, with any request and any reply. */
export type Route = RouteSpec<unknown, unknown, unknown, unknown, Responses, Reply>

/**
 * Defines a route. The compiler checks the handler's parameter and result against the schemas.
 * @throws {Error} if the parameters of its path are not those of its schema, or if it also has a refusal.
 */
export const route = <
  Declared extends Responses,
  Params = Record<string, never>,
  Query = Record<string, never>,
  Body = undefined,
  Headers = Record<string, never>,
>(
  spec: RouteSpec<Params, Query, Body, Headers, Declared>,
): Route => {
  checkRoute(spec)
  return spec
}

/** Every route that changes something reads a body, even if it has no fields. */
export const takesBody = ({ method, body }: Route): boolean => body !== undefined || method !== 'get'

/** True for a body that may be absent. */
export const isOptional = (body: z.ZodType): boolean => body.safeParse(undefined).success

/** The path in the syntax of Express, which the metrics have too. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')
