/** Reads a route of every service. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import type { ApiError } from './api/client.ts'
import { type Resource, type ResourceOptions, useResource } from './use-resource.ts'

export interface Services<Body> {
  readonly services: readonly ServiceResource<Body>[]
  /** The services that do not answer. */
  readonly down: readonly ServiceDown[]
  /** Whether a service has not answered yet. */
  readonly isLoading: boolean
}

export interface ServiceResource<Body> extends Resource<Body> {
  readonly service: ServiceName
}

export interface ServiceDown {
  readonly service: ServiceName
  readonly error: ApiError
  readonly reload: () => void
}

export const useServices = <Body>(
  routeOf: (service: ServiceName) => string,
  options: ResourceOptions<Body>,
): Services<Body> => {
  const services = serviceNames.map((service) => ({ service, ...useResource<Body>(routeOf(service), options) }))
  return {
    services,
    down: services.flatMap(
      ({ service, error, reload }) => (error && error.status !== 404 ? [{ service, error, reload }] : []), // the shop may run without the service
    ),
    isLoading: services.some(({ body, error }) => !body && !error),
  }
}
