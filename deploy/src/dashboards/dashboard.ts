/** A dashboard as a value: a question, and the panels that answer it. What Grafana needs beyond that is in grafana.ts. */
import { choreography } from '@quadrille/events'

export interface Dashboard {
  /** The name of its file, and its place in Grafana: /d/<uid>. */
  readonly uid: string
  readonly question: string
  /** Lets the reader choose services; its queries then name them as `service=~"$service"`. Default false. */
  readonly byService?: boolean
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly title: string
  /** How to read it, and what is amiss when. */
  readonly description: string
  /** The newest value, or its course. */
  readonly shows: 'now' | 'course'
  /** `reqps` is for answers to HTTP requests; all else that is counted a second is `cps`. */
  readonly unit: 'short' | 's' | 'bytes' | 'percentunit' | 'cps' | 'reqps'
  /** From here on the newest value is red. */
  readonly alarmingFrom?: number
  readonly queries: readonly Query[]
  /** Where to go on reading. */
  readonly explainedBy: readonly [Link, ...Link[]]
}

export interface Query {
  /** PromQL. */
  readonly expr: string
  /** What its lines are called, with {{label}} for the value of a label. */
  readonly legend: string
}

export interface Link {
  readonly title: string
  readonly url: string
}

/** Where the reader's browser finds the pages that are linked to, with the default ports of docker-compose.yml. */
export const places = {
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
/** A link for each service, as Jaeger searches one at a time. */
export const allFailedTraces: readonly Link[] = Object.keys(choreography).map(failedTraces)
export const queues: Link = { title: 'Queues of RabbitMQ', url: `\${rabbitmq:raw}/#/queues` }
export const alerts: Link = { title: 'Alerts, with what to do', url: `\${prometheus:raw}/alerts` }
export const instances: Link = { title: 'Instances that are asked', url: `\${prometheus:raw}/targets` }
