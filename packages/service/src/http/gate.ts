/**
 * Turns away what there is no room for, before express and before the body is read: under overload that is most of what a
 * service answers, and its time is taken from the orders that were accepted.
 */
import type { RequestListener, ServerResponse } from 'node:http'
import type { Express, Request } from 'express'
import { Problem } from './problem.ts'
import type { Route } from './route.ts'

export interface GateOptions {
  readonly routes: readonly Route[]
  /** Paths that are always answered, and not counted: health and metrics. */
  readonly open: readonly string[]
  /** Requests that are answered at a time; more are refused with 429. */
  readonly maxInFlight: number
  readonly onAnswer: (answer: Answer) => void
}

export interface Answer {
  readonly method: string
  /** As express has it, such as /orders/:id; empty where no route took the request. */
  readonly path: string
  readonly status: number
  /** Not known of one that was turned away: that takes no time. */
  readonly tookMs?: number
}

/** Answers requests by the app, as far as there is room. */
export const gate = (app: Express, { routes, open, maxInFlight, onAnswer }: GateOptions): RequestListener => {
  const isOpen = new Set(open)
  const refusals = new Map(
    routes.flatMap(({ method, path, refusal }) =>
      refusal ? [[`${method.toUpperCase()} ${path}`, { path, refusal }] as const] : [],
    ),
  )
  const crowded = new Problem('too-many-requests', `${maxInFlight} requests are being answered already.`, {
    headers: { 'retry-after': '1' },
  })
  let inFlight = 0
  return (request, response) => {
    const { method = '', url = '' } = request
    const [pathname = ''] = url.split('?', 1)
    if (isOpen.has(pathname)) return app(request, response)
    const route = refusals.get(`${method} ${pathname}`)
    const problem = inFlight >= maxInFlight ? crowded : route?.refusal()
    if (problem) {
      refuse(response, problem)
      return onAnswer({ method, path: route?.path ?? '', status: problem.status })
    }
    inFlight += 1
    const begunMs = performance.now()
    response.once('close', () => {
      inFlight -= 1
      const path = (request as Request).route?.path ?? ''
      onAnswer({ method, path, status: response.statusCode, tookMs: performance.now() - begunMs })
    })
    app(request, response)
  }
}

const refuse = (response: ServerResponse, problem: Problem): void => {
  const text = JSON.stringify(problem)
  response
    .writeHead(problem.status, {
      ...problem.headers,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text)
}
