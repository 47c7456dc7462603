/** The parts of the Compose files that are generated for each service. */
import { readFileSync } from 'node:fs'
import { auditor, ownerOf } from '../accounts.ts'
import { serviceSettings } from './service-settings.ts'

type Block = (service: string) => readonly string[]

const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8')

/** A variable whose default is the image in the Dockerfile. */
const nodeImage = `"\${NODE_IMAGE:-${/^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1]}}"`

const databaseUrl = (service: string, role: string): string =>
  `postgres://${role}:${role}-demo@postgres:5432/quadrille_${service}`

const dataNetwork = (service: string): string => `${service}-data`

/** The items of a list on one line, as in `[a, b]`. */
const ownList = (service: string, key: string): string[] => {
  const [line = '[]'] = serviceSettings(service, 'container').get(key) ?? []
  return line.slice(1, -1).split(', ').filter(Boolean)
}

const ports = (lines: readonly string[] | undefined): string[] => (lines ? [`  ports: ${lines.join('\n')}`] : [])

const indented = (lines: readonly string[] = []): string[] => lines.map((line) => `    ${line}`)

export const container: Block = (service) => [
  `${service}:`,
  '  <<: *service',
  `  build: &${service} { context: ., args: { SERVICE: ${service}, NODE_IMAGE: ${nodeImage} } }`,
  `  depends_on: { ${service}-migration: { condition: service_completed_successfully } }`,
  `  networks: [${[dataNetwork(service), ...ownList(service, 'networks')].join(', ')}]`,
  '  environment:',
  '    <<: *served',
  `    DATABASE_URL: ${databaseUrl(service, service)}`,
  `    AMQP_URL: amqp://${service}:${service}-demo@rabbitmq:5672`,
  ...indented(serviceSettings(service, 'container').get('environment')),
  ...ports(serviceSettings(service, 'container').get('ports')),
  ...ownLine(service, 'volumes'),
  ...ownLine(service, 'cpus'),
  ...ownLine(service, 'mem_limit'),
  '',
]

/** A key with a value on its line, as the service's settings have it. */
const ownLine = (service: string, key: string): string[] => {
  const [line] = serviceSettings(service, 'container').get(key) ?? []
  return line === undefined ? [] : [`  ${key}: ${line}`]
}

/** The volumes of a service, by their names. */
export const volumes: Block = (service) => ownList(service, 'volumes').map((volume) => `${volume.split(':', 1)[0]}: {}`)

export const migration: Block = (service) => [
  `${service}-migration:`,
  '  <<: *migration',
  `  build: *${service}`,
  `  command: [node, services/${service}/src/migrate.ts]`,
  '  environment:',
  `    DATABASE_URL: ${databaseUrl(service, ownerOf(service))}`,
  `    GRANT_TO: ${service}`,
  `  networks: [${dataNetwork(service)}]`,
  '',
]

export const network: Block = (service) => [`${dataNetwork(service)}: { internal: true }`]

/** The variables with which the console finds a service. */
export const address: Block = (service) => {
  const prefix = service.toUpperCase()
  return [`${prefix}_URL: http://${service}:3000`, `${prefix}_ADMIN_URL: http://${service}:9000`]
}

/** The variable that tells the audit whether an optional service runs. */
export const leaveOut: Block = (service) => {
  const name = service.toUpperCase()
  return [`${name}: \${${name}:-on} # off if it does not run`]
}

/** The networks of Postgres and RabbitMQ, which all services and the audit use. */
export const serverNetworks = (services: readonly string[]): string => networksOf('data', [...services, auditor])

/** The networks of Prometheus and Jaeger, which all services use. */
export const observerNetworks = (services: readonly string[]): string => networksOf('services', services)

const networksOf = (anchor: string, containers: readonly string[]): string =>
  `    networks: &${anchor} [${[...containers.map(dataNetwork), 'ops'].join(', ')}]`

export const demoPorts: Block = (service) => {
  const published = ports(serviceSettings(service, 'demo').get('ports'))
  return published.length > 0 ? [`${service}:`, ...published] : []
}

const secretsOf = (container: string): string =>
  `  volumes: ["\${SECRETS:?must be a folder that npm run secrets has created}/${container}:/run/secrets:ro"]`

export const productionContainer: Block = (service) => {
  const environment = serviceSettings(service, 'production').get('environment')
  return [
    `${service}:`,
    ...(environment
      ? ['  environment:', '    <<: *production', ...indented(environment)]
      : ['  environment: *production']),
    secretsOf(service),
    '',
  ]
}

export const productionMigration: Block = (service) => [
  `${service}-migration:`,
  '  environment: *migration',
  secretsOf(`${service}-migration`),
  '',
]

/** The blocks of all services. By default they are indented for a key of the top level. */
export const blocks = (services: readonly string[], block: Block, indentation = '  '): string =>
  services
    .flatMap(block)
    .map((line) => (line === '' ? '' : indentation + line))
    .join('\n')
