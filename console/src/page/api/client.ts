/** Requests to the services, which the console forwards. */
import { headerText } from './header-text.ts'

interface ApiErrorOptions {
  readonly status: number
  readonly service?: string | undefined
  readonly cause?: unknown
}

/** Thrown if a service or the console answers with an error, or not at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0 if the console itself did not answer. */
  readonly status: number
  /** The service that did not answer, if the console says so. */
  readonly service: string | undefined

  constructor(detail: string, { status, service, cause }: ApiErrorOptions) {
    super(detail, { cause })
    this.status = status
    this.service = service
  }
}

export interface Answer<Body> {
  readonly body: Body
  readonly etag: string | null
}

export interface GetOptions {
  readonly signal: AbortSignal
  /** The ETag of the answer that the page has. */
  readonly etag?: string | null
}

/** Reads a route. Null if the answer is the one with this ETag. @throws {ApiError} */
export const get = async <Body>(path: string, { signal, etag }: GetOptions): Promise<Answer<Body> | null> => {
  const response = await send(path, { signal, ...(etag && { headers: { 'if-none-match': etag } }) })
  if (response.status === 304) return null
  if (!response.ok) throw await errorOf(response)
  return { body: (await response.json()) as Body, etag: response.headers.get('etag') } // as the API document defines it
}

export interface WriteOptions {
  /** The person who does it, for the service's record. Only what changes nothing, such as a dry run, has none. */
  readonly operator?: string
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Asks a service to do something. @throws {ApiError} */
export const post = <Body = unknown>(path: string, options: WriteOptions): Promise<Body> => write('POST', path, options)

/** @throws {ApiError} */
export const remove = async (path: string, options: WriteOptions): Promise<void> => {
  await write('DELETE', path, options)
}

const write = async <Body>(
  method: 'POST' | 'DELETE',
  path: string,
  { operator, body, signal }: WriteOptions,
): Promise<Body> => {
  const headers = {
    'x-quadrille-console': 'page',
    ...(operator !== undefined && { 'x-operator': headerText(operator, 100) }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const response = await send(path, {
    ...{ method, headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  if (!response.ok) throw await errorOf(response)
  return (await response.json()) as Body // as the API document defines it
}

const send = async (path: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(`/api${path}`, init)
  } catch (error) {
    if (isAbort(error)) throw error
    throw new ApiError('The console does not answer. Is it still running?', { status: 0, cause: error })
  }
}

/** Whether a request was ended by the page itself. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

const errorOf = async (response: Response): Promise<ApiError> => {
  const { detail, service }: { detail?: string; service?: string } = await response.json().catch(() => ({}))
  return new ApiError(detail ?? `The answer has the status ${response.status}.`, { status: response.status, service })
}
