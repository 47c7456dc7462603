/** A route as a value: what it takes and answers as schemas, from which the checks and the OpenAPI document both follow. */
import type { z } from 'zod'
import type { Problem } from './problem.ts'

export interface Reply<Body = unknown> {
  readonly status: number
  readonly body: Body
  readonly headers?: Readonly<Record<string, string>>
}

export interface RouteRequest<Params, Query, Body, Headers> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly headers: Headers
  /** Where the request comes from. */
  readonly remoteAddress: string
  /** The caller's trace, continued by this request's span: for what the request causes. */
  readonly trace: { readonly traceparent?: string | undefined; readonly tracestate?: string | undefined }
}

/** Descriptions of the headers of an answer, by their names. */
export type HeaderDocs = Readonly<Record<string, string>>

export interface ResponseDocs {
  readonly description: string
  readonly body?: z.ZodType
  /** Headers that the answer may have. */
  readonly headers?: HeaderDocs
}

export interface RouteSpec<Params, Query, Body, Headers> {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** OpenAPI style: /items/{id}. */
  readonly path: string
  readonly operationId: string
  /** A few words for the list of operations. */
  readonly summary: string
  /** What the operation does and guarantees, in one or more sentences. */
  readonly description: string
  /** The section of the document. Default: the name of the service. */
  readonly tag?: 'operations'
  /** A parameter that doesn't fit means that there is no such thing: 404. */
  readonly params?: z.ZodType<Params>
  /** 422 where it doesn't fit. */
  readonly query?: z.ZodType<Query>
  /** 422 where it doesn't fit; 400 where it is no JSON, 415 where it isn't said to be. May be left out where it is optional. */
  readonly body?: z.ZodType<Body>
  /** Request headers by their lower-case names; 422 where one doesn't fit. Others are nobody's business. */
  readonly headers?: z.ZodObject & z.ZodType<Headers>
  readonly responses: Readonly<Record<number, ResponseDocs>>
  /** Why no more can be taken now. Asked of each request before any of it is read, so that what has no room costs little. */
  readonly refusal?: () => Problem | undefined
  readonly handle: (request: RouteRequest<Params, Query, Body, Headers>) => Promise<Reply> | Reply
}

/** A route among others, its types no longer visible to the compiler. */
export type Route = RouteSpec<never, never, never, never>

export const route = <
  Params = Record<string, never>,
  Query = Record<string, never>,
  Body = undefined,
  Headers = Record<string, never>,
>(
  spec: RouteSpec<Params, Query, Body, Headers>,
): Route => spec as unknown as Route

/** A body is read by every route that changes something, even if the route needs no field. */
export const takesBody = ({ method, body }: Route): boolean => body !== undefined || method !== 'get'

/** True for a body that may be left out. */
export const isOptional = (body: z.ZodType): boolean => body.safeParse(undefined).success
