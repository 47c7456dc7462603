/** The services over RabbitMQ, watched by Prometheus as it is configured for containers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@quadrille/embedded-postgres'
import { mapServices, mapServicesAsync } from '@quadrille/events'
import { openShop, type Shop, startServiceProcess } from '@quadrille/shop-testing'
import { createTestDatabase, startPrometheus, startRabbitMqNode, startTestPostgres } from '@quadrille/testing'
import { stringify } from 'yaml'
import { prometheusConfig, read } from './files.ts'

/** For mixes of orders, some of which must expire during the test. */
const variables = { ORDER_TTL: '20s' }

export interface Observed {
  readonly shop: Shop
  readonly amqpUrl: string
  readonly prometheusUrl: string
  stop(): Promise<void>
}

export const startObserved = async (): Promise<Observed> => {
  await using resources = new AsyncDisposableStack() // if a part can't be started, the started ones are stopped
  const postgres = await startTestPostgres()
  resources.defer(() => postgres.stop())
  const rabbitmq = await startRabbitMqNode()
  resources.defer(() => rabbitmq.stop())
  const start = async (service: string) => {
    const { url } = await createTestDatabase(postgres.url)
    const process = await startServiceProcess(service, { ...variables, DATABASE_URL: url, AMQP_URL: rabbitmq.url })
    resources.defer(async () => void (await process.end()))
    return process.url
  }
  const urls = await mapServicesAsync(start)
  const addresses: Addresses = {
    ...mapServices((service) => new URL(urls[service]).host),
    rabbitmq: rabbitmq.metricsAddress,
  }
  const directory = mkdtempSync(join(tmpdir(), 'quadrille-observed-'))
  resources.defer(async () => rmSync(directory, { recursive: true }))
  const prometheus = await startPrometheus({ configFile: configure(directory, addresses), port: await freePort() })
  resources.defer(() => prometheus.stop())
  const shop = openShop(urls)
  resources.defer(async () => shop.close())
  const running = resources.move()
  return { shop, amqpUrl: rabbitmq.url, prometheusUrl: prometheus.url, stop: () => running.disposeAsync() }
}

/** Host and port by the name of the container. */
type Addresses = Readonly<Record<string, string>>

/**
 * The shipped configuration with two differences: it scrapes every second, and it has the addresses that DNS would
 * return, with their labels. Returns the path of its file.
 */
const configure = (directory: string, addresses: Addresses): string => {
  const here = ({ names }: { readonly names: readonly string[] }) =>
    names.map((name) => ({ targets: [addresses[name]], labels: { __meta_dns_name: name } }))
  const config = {
    ...prometheusConfig,
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    scrape_configs: prometheusConfig.scrape_configs.map(({ dns_sd_configs, ...job }) => ({
      ...job,
      static_configs: dns_sd_configs.flatMap(here),
    })),
  }
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'prometheus.yml'), stringify(config))
  writeFileSync(join(directory, 'alerts.yml'), read('deploy/prometheus/alerts.yml'))
  return join(directory, 'prometheus.yml')
}
