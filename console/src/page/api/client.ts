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

/** A request that takes longer has failed, ms. The console answers a read within 10 s, and a change within 30 s. */
const readWithinMs = 15_000
const writeWithinMs = 35_000

export interface GetOptions {
  readonly signal?: AbortSignal
  /** The ETag of the answer that the page has. */
  readonly etag?: string | null
}

/** Reads a route. Null if the answer is the one with this ETag. @throws {ApiError} */
export const get = <Body>(path: string, { signal, etag }: GetOptions = {}): Promise<Answer<Body> | null> => {
  const init = etag ? { headers: { 'if-none-match': etag } } : {}
  return send(path, { init, signal, withinMs: readWithinMs, mayChange: false }, async (response) =>
    response.status === 304 ? null : { body: await bodyOf<Body>(response), etag: response.headers.get('etag') },
  )
}

export interface WriteOptions {
  /** The person who does it, for the service's record. A dry run, which changes nothing, and an action of the demo have none. */
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
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
  return send(
    path,
    { init, signal, withinMs: writeWithinMs, mayChange: operator !== undefined || isAction(path) },
    bodyOf<Body>,
  )
}

/** One of the demo, which changes something without a record. */
const isAction = (path: string): boolean => path.startsWith('/demo/actions/')

interface SendOptions {
  readonly init: RequestInit
  readonly signal: AbortSignal | undefined
  readonly withinMs: number
  /** Whether it may have had an effect without an answer. */
  readonly mayChange: boolean
}

/** The limit includes the content of the answer, which `read` reads. */
const send = async <Result>(
  path: string,
  { init, signal, withinMs, mayChange }: SendOptions,
  read: (response: Response) => Promise<Result>,
): Promise<Result> => {
  const limit = AbortSignal.timeout(withinMs)
  let failure = 'The console does not answer. Is it still running?'
  try {
    const response = await fetch(`/api${path}`, {
      ...init,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    failure = 'The answer ended before it was complete.' // the service may have ended, or taken too long
    return await read(response)
  } catch (error) {
    if (isAbort(error)) throw error
    const detail = limit.aborted ? `The console has not answered within ${withinMs / 1_000} s.` : failure
    const failed = error instanceof ApiError ? error : new ApiError(detail, { status: 0, cause: error })
    if (!mayChange || !isLost(failed)) throw failed
    const { message, status, service } = failed
    throw new ApiError(`${message} It may have taken effect: look before you repeat it.`, {
      status,
      service,
      cause: error,
    })
  }
}

/** Whether what was asked for does not exist: not in its service, or not in this shop. */
export const isAbsent = (error: ApiError | undefined): boolean => error?.status === 404 && error.service === undefined

/**
 * Whether the service may have done what it was asked to. The console names a service with 503 if nothing was sent to it. A service
 * itself answers 503 or 500 also if the database has committed, but its answer is lost.
 */
export const isLost = (error: unknown): boolean => {
  if (!(error instanceof ApiError)) return false
  const { status, service } = error
  const isUnsent = status === 503 && service !== undefined
  return status === 0 || (status >= 500 && !isUnsent)
}

const bodyOf = async <Body>(response: Response): Promise<Body> => {
  if (!response.ok) throw await errorOf(response)
  return (await response.json()) as Body // as the API document defines it
}

/** An error as text for people. */
export const textOf = (error: unknown): string => (error instanceof ApiError ? error.message : String(error))

/** Whether a request was ended by the page itself. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

const errorOf = async (response: Response): Promise<ApiError> => {
  const { detail, service }: { detail?: string; service?: string } = await response.json().catch(() => ({}))
  return new ApiError(detail ?? `The answer has the status ${response.status}.`, { status: response.status, service })
}
