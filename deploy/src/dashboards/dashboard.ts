/** A dashboard as a value: a question, and the panels that answer it. grafana.ts adds Grafana's details. */
import { choreography } from '@quadrille/events'

export interface Dashboard {
  /** The name of its file, and its path in Grafana: /d/<uid>. */
  readonly uid: string
  readonly question: string
  /** Adds a selection of services; the queries then contain `service=~"$service"`. Default false. */
  readonly byService?: boolean
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly title: string
  /** How to read it, and which values are bad. */
  readonly description: string
  readonly shows: 'latest value' | 'time series'
  /** `reqps` is for responses to HTTP requests; other rates use `cps`. */
  readonly unit: 'short' | 's' | 'bytes' | 'percentunit' | 'cps' | 'reqps'
  /** The latest value is red from this value on. */
  readonly alarmingFrom?: number
  readonly queries: readonly Query[]
  /** Links to details. */
  readonly links: readonly [Link, ...Link[]]
}

export interface Query {
  /** PromQL. */
  readonly expr: string
  /** The names of its lines, with {{label}} for the value of a label. */
  readonly legend: string
}

export interface Link {
  readonly title: string
  readonly url: string
}

/** The base URLs of the links, as reachable from a browser, with the default ports of docker-compose.yml. */
export const baseUrls = {
  order: 'http://127.0.0.1:3000',
  prometheus: 'http://127.0.0.1:9090',
  rabbitmq: 'http://127.0.0.1:15672',
  jaeger: 'http://127.0.0.1:16686',
} as const

export const stuckOrders: Link = { title: 'Which orders are stuck, and why', url: `\${order:raw}/orders?stuck=true` }
export const orderTraces: Link = {
  title: 'Traces of orders',
  url: `\${jaeger:raw}/search?service=order&operation=POST%20%2Forders&lookback=1h`,
}
export const failedTraces = (service: string): Link => ({
  title: `Failed traces of ${service}`,
  url: `\${jaeger:raw}/search?service=${service}&lookback=1h&tags=%7B%22error%22%3A%22true%22%7D`,
})
/** One link per service, because Jaeger searches one at a time. */
export const allFailedTraces: readonly Link[] = Object.keys(choreography).map(failedTraces)
export const queues: Link = { title: 'RabbitMQ queues', url: `\${rabbitmq:raw}/#/queues` }
export const alerts: Link = { title: 'Alerts', url: `\${prometheus:raw}/alerts` }
export const instances: Link = { title: 'Scraped instances', url: `\${prometheus:raw}/targets` }
