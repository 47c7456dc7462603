/**
 * Reads a route of a service again and again: one request at a time, at most one a second, and only while the page is visible and not
 * paused.
 */
import { type Answer, ApiError, get } from './api/client.ts'

export interface ReaderOptions<Body> {
  /** While it is true, an answer stays as it is. An error is still followed by an answer. */
  readonly isPaused: () => boolean
  /** Called with each answer that differs from the last one, and with the first after an error. */
  readonly onBody: (body: Body) => void
  /** Called with each answer, also with one that is unchanged. */
  readonly onRead?: (body: Body) => void
  readonly onError: (error: ApiError) => void
}

export interface Reader<Body> {
  /** Reads it as soon as the limits allow. Call it also when the page becomes visible, and when the pause ends. */
  soon(): void
  /** The last answer. */
  body(): Body | undefined
  /** No event follows. */
  stop(): void
}

/** The shortest time between two requests, ms. */
const atMostEveryMs = 1_000
/** The pause after an error that may pass, ms. */
const againAfterMs = 3_000

/** An unchanged answer costs neither a body nor an event (ETag). */
export const createReader = <Body>(path: string, options: ReaderOptions<Body>): Reader<Body> => {
  const { onBody, onRead, onError, isPaused } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let last: Answer<Body> | undefined
  let error: ApiError | undefined
  let wanted = false
  let reading = false
  let readAtMs = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  const isKept = () => isPaused() && last !== undefined && error === undefined
  const isHeld = () => document.hidden || isKept()
  const read = async () => {
    timer = undefined
    if (isHeld()) return
    wanted = false
    reading = true
    readAtMs = performance.now()
    await get<Body>(path, { signal, etag: last?.etag ?? null }).then(succeed, fail)
    reading = false
    if (isTransient(error)) schedule(againAfterMs)
    else if (wanted) soon()
  }
  const succeed = (answer: Answer<Body> | null) => {
    if (signal.aborted || isKept()) return // it is read again after the pause
    last = answer ?? last
    if (last && (answer || error)) onBody(last.body)
    error = undefined
    if (last) onRead?.(last.body)
  }
  const fail = (reason: unknown) => {
    if (signal.aborted) return
    error = reason instanceof ApiError ? reason : new ApiError(String(reason), { status: 0 })
    onError(error)
  }
  const schedule = (ms: number) => {
    if (!signal.aborted) timer ??= setTimeout(() => void read(), ms)
  }
  const soon = () => {
    wanted = true
    if (!reading && !isHeld()) schedule(Math.max(0, readAtMs + atMostEveryMs - performance.now()))
  }
  return {
    soon,
    body: () => last?.body,
    stop: () => {
      stopping.abort()
      clearTimeout(timer)
    },
  }
}

/** Timeout and overload, as far as the status is one of a client error. */
const transientStatuses: readonly number[] = [408, 429]

/** Other errors are answers about the order, which change only when it does. */
const isTransient = (error: ApiError | undefined): boolean =>
  error !== undefined && (error.status < 400 || error.status >= 500 || transientStatuses.includes(error.status))
