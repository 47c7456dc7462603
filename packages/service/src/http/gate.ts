/**
 * The checks of every request before express, and before its body is read: whether it is trusted, and whether there is
 * capacity. Under overload most answers are refusals, so they must cost little.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Express, Request } from 'express'
import { type Bounds, countInFlight, createBounds } from './bounds.ts'
import type { Problem } from './problem.ts'
import type { Route } from './route.ts'
import type { Answering } from './server.ts'
import { createTrust, type TrustOptions } from './trust.ts'

export interface GateOptions extends TrustOptions {
  readonly routes: readonly Route[]
  /**
   * Paths for health and metrics, which are answered even if there is no capacity for other requests. They have their
   * own limit.
   */
  readonly operational: readonly string[]
  readonly bounds: Bounds
  /** The prefix of the service's paths for its clients: see `SharedAdmin`. */
  readonly basePath: string
  readonly onAnswer: (answer: Answer) => void
}

export interface Answer {
  readonly method: string
  /** In the form of express, such as /items/:id. Empty if no route matched. */
  readonly path: string
  readonly status: number
  /** From the headers to the end of the answer. Undefined for a request that was refused here. */
  readonly tookMs?: number
}

/** The most concurrent requests for health and metrics. They share their answers, so a request costs little. */
const maxOperational = 500

/** Headers of an answer for programs: it must not be rendered, sniffed, embedded or cached. */
const usualHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Answers requests through the app, if they are trusted and there is capacity. */
export const gate = (app: Express, options: GateOptions): Answering => {
  const { routes, operational, bounds, basePath, onAnswer, ...trust } = options
  const distrust = createTrust(trust)
  const isOperational = new Set(operational)
  const probes = countProbes(bounds)
  const others: Lane = {
    refusal: bounds.inFlight.refusal,
    // Express adds its fields to this very object.
    enter: (request, response) => timeAnswer(request as Request, response, onAnswer),
  }
  const refusals = refusalsOf(routes)
  const headers = Object.entries(usualHeaders)
  return (request, response, connections) => {
    if (!connections.begin(request, response)) return
    const { method, pathname } = targetOf(request)
    const lane = isOperational.has(pathname) ? probes : others
    const route = refusals.get(`${method} ${pathname}`)
    const problem = distrust(request) ?? lane.refusal() ?? route?.refusal()
    if (problem) {
      refuse(response, problem, basePath)
      bounds.answered(response)
      return onAnswer({ method, path: route?.path ?? '', status: problem.status })
    }
    for (const [name, value] of headers) response.setHeader(name, value)
    lane.enter(request, response)
    app(request, response)
  }
}

export interface RefuseOptions extends TrustOptions {
  /** The prefix of the paths of a service that describes problems. */
  readonly basePath: () => string
}

/** Answers every trusted request with this problem, and with the usual headers. */
export const refuseAll = (problem: () => Problem, { basePath, ...trust }: RefuseOptions): Answering => {
  const distrust = createTrust(trust)
  const { answered } = createBounds(1)
  return (request, response, connections) => {
    if (!connections.begin(request, response)) return
    refuse(response, distrust(request) ?? problem(), basePath())
    answered(response)
  }
}

/** Requests of one kind, with a limit of their own. */
interface Lane {
  readonly refusal: () => Problem | undefined
  readonly enter: (request: IncomingMessage, response: ServerResponse) => void
}

/**
 * These requests share their answers, so a disconnected client costs nothing more. Metrics pages are large enough that
 * a slow client must be tracked.
 */
const countProbes = ({ answered }: Bounds): Lane => {
  const { refusal, enter, leave } = countInFlight(maxOperational)
  return {
    refusal,
    enter: (_request, response) => {
      enter(response)
      response.once('close', () => leave(response))
      response.once('prefinish', () => {
        leave(response)
        answered(response)
      })
    },
  }
}

const targetOf = ({ method = '', url = '' }: IncomingMessage) => {
  const [pathname = ''] = url.split('?', 1)
  return { method, pathname }
}

/** The admission checks of routes, by method and path. */
const refusalsOf = (routes: readonly Route[]) =>
  new Map(
    routes.flatMap(({ method, path, refusal }) =>
      refusal ? [[`${method.toUpperCase()} ${path}`, { path, refusal }] as const] : [],
    ),
  )

const timeAnswer = (request: Request, response: ServerResponse, onAnswer: GateOptions['onAnswer']): void => {
  const begunMs = performance.now()
  response.once('close', () => {
    const path = request.route?.path ?? ''
    onAnswer({ method: request.method, path, status: response.statusCode, tookMs: performance.now() - begunMs })
  })
}

const refuse = (response: ServerResponse, problem: Problem, basePath: string): void => {
  const text = JSON.stringify(problem.below(basePath))
  response
    .writeHead(problem.status, {
      ...usualHeaders,
      ...problem.headers,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
