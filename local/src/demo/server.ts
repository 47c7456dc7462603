/** The HTTP interface of the demo control: GET /actions, and POST /actions/{id}. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { notFound, Problem } from '@quadrille/service'
import { createTrustCheck, protectiveHeaders } from '@quadrille/service/plain-server'
import { type HttpServer, listen } from '@quadrille/service/tools'
import { Refused } from './client.ts'
import type { DemoControl } from './control.ts'

export interface ServeOptions {
  readonly host: string
  /** 0 selects a free one. */
  readonly port: number
  readonly allowedHosts: readonly string[]
}

/** Its clients are the console and a terminal. */
const maxConnections = 100

/** Accepts what the services accept: requests of programs on this machine, and of no web page. @throws a one-line error. */
export const serveDemo = (control: DemoControl, { host, port, allowedHosts }: ServeOptions): Promise<HttpServer> => {
  const checkTrust = createTrustCheck({ allowedHosts, anyAddress: false })
  return listen(
    (request, response) => {
      request.resume() // no action has a body
      answer(request, control, checkTrust(request)).then(
        (body) => send(response, body),
        (error: unknown) => fail(response, error),
      )
    },
    { host, port, portVariable: 'DEMO_PORT', maxConnections },
  )
}

const answer = async (
  { method, url = '' }: IncomingMessage,
  control: DemoControl,
  distrusted: Problem | undefined,
): Promise<unknown> => {
  if (distrusted) throw distrusted
  const [, id] = /^\/actions(?:\/([a-z-]+))?$/.exec(url) ?? [null, undefined]
  if (url === '/actions') {
    if (method === 'GET') return control.view()
    throw wrongMethod('GET')
  }
  if (id === undefined) throw notFound('GET /actions lists the actions, and POST /actions/{id} does one.')
  if (method !== 'POST') throw wrongMethod('POST')
  const outcome = control.act(id)
  if (!outcome) throw notFound(`There is no action ${id}. GET /actions lists the actions.`)
  return outcome
}

const wrongMethod = (allow: string): Problem =>
  new Problem('method-not-allowed', `Use ${allow}.`, { headers: { allow } })

const send = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { ...protectiveHeaders, 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** An action that fails does no harm beyond what it says: the error is the answer. */
const fail = (response: ServerResponse, error: unknown): void => {
  const { status, message: detail, headers } = error instanceof Problem ? error : problemOf(error)
  response
    .writeHead(status, { ...protectiveHeaders, ...headers, 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ type: 'about:blank', status, detail }))
}

const problemOf = (error: unknown): Problem =>
  error instanceof Refused
    ? new Problem('conflict', error.message)
    : new Problem('internal', error instanceof Error ? error.message : String(error))
