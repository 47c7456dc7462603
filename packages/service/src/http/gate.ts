/**
 * What every request passes before express and before its body is read: requests that may not be answered, and those that there
 * is no room for. Under overload most answers are such refusals, and the time that they take is taken from accepted requests.
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
  /** Paths that are answered also while there is no room for other requests: health and metrics. They have a bound of their own. */
  readonly operational: readonly string[]
  readonly bounds: Bounds
  /** What precedes the paths of the service, outside of it: see `SharedAdmin`. */
  readonly basePath: string
  readonly onAnswer: (answer: Answer) => void
}

export interface Answer {
  readonly method: string
  /** As express has it, such as /items/:id; empty where no route took the request. */
  readonly path: string
  readonly status: number
  /** From its headers to the end of the answer. Undefined for a request that was turned away here, which takes no time. */
  readonly tookMs?: number
}

/** Requests for health and metrics that are answered at a time. They share their answers, so a request costs little. */
const maxOperational = 500

/** Of an answer for programs: nothing in it is to be rendered, guessed at, embedded or kept. */
const usualHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Answers requests by the app, as far as they are trusted and there is room. */
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
  /** What precedes the paths of a service that describes problems. */
  readonly basePath: () => string
}

/** Answers every request that is trusted with this problem, with the headers of every answer. */
export const refuseAll = (problem: () => Problem, { basePath, ...trust }: RefuseOptions): Answering => {
  const distrust = createTrust(trust)
  const { answered } = createBounds(1)
  return (request, response, connections) => {
    if (!connections.begin(request, response)) return
    refuse(response, distrust(request) ?? problem(), basePath())
    answered(response)
  }
}

/** Requests of one kind, which only have each other in their way. */
interface Lane {
  readonly refusal: () => Problem | undefined
  readonly enter: (request: IncomingMessage, response: ServerResponse) => void
}

/**
 * They share their answers, so one whose client has gone costs nothing more. Pages of figures are large enough to wait for a
 * client that doesn't read them.
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

/** The routes that may refuse a request before any of it is read, by method and path. */
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
