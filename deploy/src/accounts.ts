/** Who logs in at Postgres and RabbitMQ. */
import { choreography } from '@quadrille/events'

/** Each has a role in Postgres, a database that it owns, and a user in RabbitMQ, all named after it. */
export const services: readonly string[] = Object.keys(choreography)

/** Of RabbitMQ's management page. */
export const operator = 'operator'

/** Of Grafana's dashboards. */
export const grafanaAdmin = 'admin'

/** Of Postgres: it makes the others. */
export const superuser = 'postgres'
