/** Forwards requests of the page to the services, with bounds on time, size and number. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Addresses } from './addresses.ts'
import { type ForwardedRoute, forwardedRoute } from './forwarded-routes.ts'
import { type ProblemDetails, sendProblem } from './problem.ts'
import { targetOf } from './target.ts'

const { Agent, request: sendRequest } = process.getBuiltinModule('node:http')

/** How long the order service, or a change, may take to be answered completely, ms. */
const answerWithinMs = 10_000
/**
 * The same for what the page can be shown without: the admin endpoints, and what another service knows of an order. A browser opens six
 * connections to the console, which services that hang would otherwise occupy.
 */
const partWithinMs = 3_000
/** The same for an action of the demo control, which may stop a service, or place hundreds of orders. */
const actionWithinMs = 30_000
/** As the services' own limit. */
const maxBodyBytes = 256 * 1_024
/** The largest answer. A page of a list has about 1 MB. */
const maxAnswerBytes = 8_000_000
const maxInFlight = 100

const requestHeaders = ['content-type', 'if-none-match', 'x-operator'] as const
const answerHeaders = ['content-type', 'etag'] as const

export interface Forwarder {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Closes idle connections. */
  stop(): void
}

export const createForwarder = (addresses: Addresses): Forwarder => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let inFlight = 0
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, search } = targetOf(request)
    const route = forwardedRoute(pathname)
    const address = route && addresses.get(route.service)
    if (!route || !address)
      return sendProblem(response, { status: 404, detail: `The console forwards no ${pathname}.` })
    if (!route.methods.includes(request.method ?? '')) return sendProblem(response, wrongMethod(route.methods))
    const body = await bodyOf(request)
    if (!Buffer.isBuffer(body)) return sendProblem(response, body)
    const target = `${route.isAdmin ? address.adminUrl : address.url}${route.path}${search}`
    await relay(target, { request, response, body, route, agent })
  }
  return {
    handle: (request, response) => {
      if (inFlight >= maxInFlight)
        return sendProblem(response, { status: 429, detail: 'The console has too many requests in progress.' })
      inFlight += 1
      forward(request, response)
        .catch(() => response.destroy()) // the connection of the page is broken
        .finally(() => {
          inFlight -= 1
        })
    },
    stop: () => agent.destroy(),
  }
}

/** The body, or why it is refused: the rest is then not read. @throws if the connection breaks. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | ProblemDetails> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return { status: 413, detail: 'At most 256 KiB are accepted.' }
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  if (body.length === 0 || request.method === 'POST') return body
  return { status: 400, detail: `A ${request.method} has no body.` }
}

/** How long a request may take to be answered completely, ms. */
export const withinMsOf = (
  method: string | undefined,
  { isAdmin, service }: Pick<ForwardedRoute, 'isAdmin' | 'service'>,
): number => {
  if (method === 'GET') return isAdmin || service !== 'order' ? partWithinMs : answerWithinMs
  return service === 'demo' ? actionWithinMs : answerWithinMs
}

const wrongMethod = (methods: readonly string[]): ProblemDetails => ({
  status: 405,
  detail: `Use ${methods.join(' or ')}.`,
  headers: { allow: methods.join(', ') },
})

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly route: ForwardedRoute
  readonly agent: InstanceType<typeof Agent>
}

/** Resolves when the answer has been sent, or could not be. */
const relay = (target: string, { request, response, body, route, agent }: Exchange): Promise<void> =>
  new Promise((resolve) => {
    const withinMs = withinMsOf(request.method, route)
    const signal = AbortSignal.timeout(withinMs)
    const fail = (error: Error) =>
      sendProblem(response, signal.aborted ? late(route, withinMs) : unreachable(route, error))
    const headers = {
      accept: 'application/json',
      ...picked(request.headers, requestHeaders),
      ...(request.method === 'POST' && { 'content-length': body.length }),
    }
    const sending = sendRequest(target, { method: request.method, agent, headers, signal }, (answer) =>
      passOn(answer, response, { route, fail }),
    )
    sending.on('error', fail)
    response.once('close', () => {
      sending.destroy()
      resolve()
    })
    if (request.method === 'POST') sending.end(body)
    else sending.end() // Node would send a body without its length, and the service would read it as a second request
  })

interface PassOnOptions extends Pick<Exchange, 'route'> {
  readonly fail: (error: Error) => void
}

/** Sends the answer of a service to the page, if it is JSON. Calls `fail` if it breaks off. */
const passOn = (answer: IncomingMessage, response: ServerResponse, { route, fail }: PassOnOptions): void => {
  if (!isJson(answer)) {
    answer.destroy()
    return void sendProblem(response, notJson(route, answer))
  }
  response.writeHead(answer.statusCode ?? 502, picked(answer.headers, answerHeaders))
  let bytes = 0
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxAnswerBytes) answer.destroy(new Error('its answer is too large'))
  })
  answer.on('error', fail)
  answer.pipe(response)
}

const late = ({ service }: ForwardedRoute, withinMs: number): ProblemDetails => ({
  status: 504,
  detail: `The ${service} service did not answer within ${withinMs / 1_000} s.`,
  service,
})

const notJson = ({ service }: ForwardedRoute, { headers }: IncomingMessage): ProblemDetails => ({
  status: 502,
  detail: `The ${service} service answers with ${headers['content-type'] ?? 'no content type'} instead of JSON.`,
  service,
})

/** 503 with the name of a service: nothing was sent to it. After 502, as after 504, a change may have taken effect. */
const unreachable = ({ service }: ForwardedRoute, error: Error): ProblemDetails => {
  const code = codeOf(error)
  return {
    status: unsent.includes(code) ? 503 : 502,
    detail: `The ${service} service does not answer (${code}).`,
    service,
  }
}

/** Errors before a connection. */
const unsent: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']

/** An answer without content has no type. Others must be JSON, because they are served from the console's origin. */
const isJson = ({ statusCode, headers }: IncomingMessage): boolean =>
  statusCode === 304 || statusCode === 204 || /^application\/(problem\+)?json\b/.test(headers['content-type'] ?? '')

const picked = (headers: IncomingMessage['headers'], names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.message
