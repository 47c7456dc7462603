/**
 * One listener for the operations of all services. Health, metrics, dead letters and message status of each service are
 * below its name.
 */
import { isLoopback, listen, notFound, type RequestListener, refuseAll, type SharedAdmin } from '@quadrille/service'
import type { Options } from './options.ts'
import type { Part } from './parts.ts'

export interface Admin extends Part, SharedAdmin {
  readonly url: string
}

const pathOf = (service: string): string => `/${service}`

/** Listens on ADMIN_PORT. @throws in one line if it can't. */
export const startAdmin = async (
  { HOST, ALLOWED_HOSTS, HTTP_MAX_CONNECTIONS }: Options,
  port: number,
): Promise<Admin> => {
  const services = new Map<string, RequestListener>()
  const elsewhere = refuseAll(
    () => notFound(`Begin the path with a service: /${[...services.keys()].join('/…, /')}/….`),
    {
      allowedHosts: ALLOWED_HOSTS,
      anyAddress: !isLoopback(HOST),
      basePath: () => [...services.keys()].slice(0, 1).map(pathOf).join(''), // each of them describes all problems
    },
  )
  const listener: RequestListener = (request, response, connections) => {
    const [, service = '', path = ''] = /^\/([a-z]+)(\/.*)$/.exec(request.url ?? '') ?? []
    const below = services.get(service)
    if (!below) return elsewhere(request, response, connections)
    request.url = path
    below(request, response, connections)
  }
  const { url, stop } = await listen(listener, { host: HOST, port, maxConnections: HTTP_MAX_CONNECTIONS })
  return {
    name: 'admin',
    url,
    stop,
    mount: (service, listenerBelow) => {
      services.set(service, listenerBelow(pathOf(service)))
      return url + pathOf(service)
    },
  }
}
