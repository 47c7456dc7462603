/** The server of the console: its page, the forwarded routes of the services, and one live stream. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen, type RequestListener } from '@quadrille/service/plain-server'
import type { Logger } from 'pino'
import { createAccessCheck } from './access.ts'
import { addressesIn } from './addresses.ts'
import type { Config } from './config.ts'
import { createForwarder, type Forwarder } from './forward.ts'
import { setSecurityHeaders } from './headers.ts'
import { createHub, type Hub } from './live/hub.ts'
import { sendProblem } from './problem.ts'
import { settingsIn } from './settings.ts'
import { loadPage, type Page } from './static-files.ts'
import { targetOf } from './target.ts'

export interface RunningConsole {
  readonly url: string
  /** Ends the live streams, and resolves when running requests have ended, after 3 s at the latest. */
  stop(): Promise<void>
}

/** Connections of browsers. Each has up to six. */
const maxConnections = 500

/** @throws {Error} with one line if the page is not built, or the port can't be opened. */
export const startConsole = async (config: Config, log: Logger): Promise<RunningConsole> => {
  const addresses = addressesIn(config)
  const page = loadPage()
  const parts: Parts = {
    page,
    forwarder: createForwarder(addresses),
    hub: createHub({ addresses, settings: settingsIn(config), script: page.script, log }),
  }
  const refusalOf = createAccessCheck(config.ALLOWED_HOSTS)
  const handle: RequestListener = (request, response) => {
    setSecurityHeaders(response)
    const refusal = refusalOf(request)
    if (refusal) sendProblem(response, refusal)
    else dispatch(request, response, parts)
  }
  const { url, stop } = await listen(handle, { host: config.HOST, port: config.PORT, maxConnections })
  return {
    url,
    stop: async () => {
      parts.hub.stop()
      await stop()
      parts.forwarder.stop()
    },
  }
}

interface Parts {
  readonly page: Page
  readonly forwarder: Forwarder
  readonly hub: Hub
}

const dispatch = (request: IncomingMessage, response: ServerResponse, parts: Parts): void => {
  const { page, forwarder, hub } = parts
  const { pathname } = targetOf(request)
  if (pathname.startsWith('/api/')) forwarder.handle(request, response)
  else if (request.method !== 'GET' && request.method !== 'HEAD')
    sendProblem(response, { status: 405, detail: 'Use GET or HEAD.', headers: { allow: 'GET, HEAD' } })
  else if (pathname === '/live') hub.connect(response)
  else if (pathname === '/health/live') response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  else page.send(response, pathname)
}
