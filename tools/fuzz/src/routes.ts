/** The routes of all services, from the OpenAPI documents that the services generate: a new route is fuzzed without a change here. */
import { type ServiceName, serviceNames } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { describeService, openApi } from '@quadrille/service/tools'

export interface FuzzRoute {
  readonly method: string
  /** `{name}` stands for an id. */
  readonly path: string
  readonly services: readonly ServiceName[]
  readonly query: readonly QueryParameter[]
  /** Whether the body is a file instead of JSON. */
  readonly isUpload: boolean
}

interface QueryParameter {
  readonly name: string
  /** The values of an enumeration. Empty for others. */
  readonly allowed: readonly string[]
}

/** The part of an OpenAPI document that is read here. */
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

interface Operation {
  readonly parameters: readonly {
    readonly in?: string
    readonly name?: string
    readonly schema?: { readonly enum?: readonly string[]; readonly const?: string }
  }[]
  readonly requestBody?: { readonly content: object }
}

/** Every service has these, and its OpenAPI document does not describe them. */
const undescribed = [
  ...['/', '/openapi.json', '/asyncapi.json', '/docs', '/docs/events', '/docs/docs.css'],
  ...['/health/live', '/health/ready', '/metrics'],
]

const describedBy = (service: ServiceName): Omit<FuzzRoute, 'services'>[] => {
  const { routes } = definitions[service].apply(describeService)
  return Object.entries(openApi(service, routes)['paths'] as Paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name = '', schema }) => ({ name, allowed: schema?.enum ?? (schema?.const ? [schema.const] : []) })),
      isUpload: requestBody !== undefined && !('application/json' in requestBody.content),
    })),
  )
}

/** Routes that several services have appear once, so that they are not drawn more often than others. */
export const readRoutes = (): readonly FuzzRoute[] => {
  const described = serviceNames.flatMap((service) => describedBy(service).map((route) => ({ service, route })))
  const groups = Map.groupBy(described, ({ route }) => `${route.method} ${route.path}`)
  return [
    ...[...groups.values()].flatMap((group) => {
      const services = group.map(({ service }) => service)
      return group.slice(0, 1).map(({ route }) => ({ ...route, services }))
    }),
    ...undescribed.map((path) => ({ method: 'GET', path, services: serviceNames, query: [], isUpload: false })),
  ]
}
