/** The routes of all services, from the OpenAPI documents that the services generate: a new route is fuzzed without a change here. */
import { type ServiceName, serviceNames } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { describeService, openApi } from '@quadrille/service/tools'

export interface FuzzRoute {
  readonly method: string
  /** `{name}` stands for an id. */
  readonly path: string
  readonly services: readonly ServiceName[]
  readonly query: readonly Parameter[]
  /** Those of its own, and `accept` if the client selects the media type of the response. */
  readonly headers: readonly Parameter[]
  /** Whether the body is a file instead of JSON. */
  readonly isUpload: boolean
}

export interface Parameter {
  readonly name: string
  /** The only allowed values. Empty if there are others. */
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
  readonly responses: { readonly 200?: { readonly content: object } }
}

/** Every service has these, and its OpenAPI document does not describe them. */
const undescribed = [
  ...['/', '/openapi.json', '/asyncapi.json', '/docs', '/docs/events', '/docs/docs.css'],
  ...['/health/live', '/health/ready', '/metrics'],
]

const describedBy = (service: ServiceName): Omit<FuzzRoute, 'services'>[] => {
  const { routes } = definitions[service].apply(describeService)
  return Object.entries(openApi(service, routes)['paths'] as Paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      query: parametersOf(operation, 'query'),
      headers: [...parametersOf(operation, 'header'), ...acceptOf(operation)],
      isUpload: operation.requestBody !== undefined && !('application/json' in operation.requestBody.content),
    })),
  )
}

const parametersOf = ({ parameters }: Operation, place: 'query' | 'header'): Parameter[] =>
  parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name = '', schema }) => ({
      name: place === 'header' ? name.toLowerCase() : name,
      allowed: schema?.enum ?? (schema?.const ? [schema.const] : []),
    }))

const acceptOf = ({ responses }: Operation): Parameter[] => {
  const allowed = Object.keys(responses[200]?.content ?? {})
  return allowed.length > 1 ? [{ name: 'accept', allowed }] : []
}

const plain = { method: 'GET', services: serviceNames, query: [], headers: [], isUpload: false }

/** Routes that several services have appear once, so that they are not drawn more often than others. */
export const readRoutes = (): readonly FuzzRoute[] => {
  const described = serviceNames.flatMap((service) => describedBy(service).map((route) => ({ service, route })))
  const groups = Map.groupBy(described, ({ route }) => `${route.method} ${route.path}`)
  return [
    ...[...groups.values()].flatMap((group) => {
      const services = group.map(({ service }) => service)
      return group.slice(0, 1).map(({ route }) => ({ ...route, services }))
    }),
    ...undescribed.map((path) => ({ ...plain, path })),
  ]
}
