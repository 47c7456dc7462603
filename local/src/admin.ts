/**
 * One HTTP listener for the admin endpoints of all services. The paths of health, metrics, dead letters and the whereabouts of messages
 * begin with the name of the service.
 */
import { notFound, unavailable } from '@quadrille/service'
import { isLoopback, listen, type RequestListener, refuseAll, type SharedAdmin } from '@quadrille/service/tools'
import type { Options } from './options.ts'
import type { Part } from './parts.ts'

export interface Admin extends Part, SharedAdmin {
  readonly url: string
  /** Answers for a service that it is stopped, until it is mounted again. */
  unmount(service: string): void
}

const pathOf = (service: string): string => `/${service}`

/** Listens on ADMIN_PORT. @throws a one-line error if that fails. */
export const startAdmin = async (
  { HOST, ALLOWED_HOSTS, HTTP_MAX_CONNECTIONS }: Options,
  port: number,
): Promise<Admin> => {
  const services = new Map<string, RequestListener>()
  const refusing = {
    allowedHosts: ALLOWED_HOSTS,
    anyAddress: !isLoopback(HOST),
    basePath: () => [...services.keys()].slice(0, 1).map(pathOf).join(''), // each service describes all problems
  }
  const refuseUnknown = refuseAll(
    () => notFound(`The path must begin with the name of a service: /${[...services.keys()].join('/…, /')}/….`),
    refusing,
  )
  const refuseStopped = refuseAll(() => unavailable('This service is stopped.', 5), refusing)
  const listener: RequestListener = (request, response) => {
    const [, service = '', path = ''] = /^\/([a-z]+)(\/.*)$/.exec(request.url ?? '') ?? []
    const handle = services.get(service)
    if (!handle) return refuseUnknown(request, response)
    request.url = path
    handle(request, response)
  }
  const limits = { maxConnections: HTTP_MAX_CONNECTIONS }
  const { url, stop } = await listen(listener, { host: HOST, port, portVariable: 'ADMIN_PORT', ...limits })
  return {
    url,
    stop,
    unmount: (service) => void services.set(service, refuseStopped),
    mount: (service, listenerBelow) => {
      services.set(service, listenerBelow(pathOf(service)))
      return url + pathOf(service)
    },
  }
}
