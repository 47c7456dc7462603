/** Who logs in at Postgres and RabbitMQ. */
import { choreography } from '@quadrille/events'

/** Each has a role and a database in Postgres, and a user in RabbitMQ, all named after it. */
export const services: readonly string[] = Object.keys(choreography)

/** The role in Postgres that owns the service's database and its tables. */
export const ownerOf = (service: string): string => `${service}_owner`

/** Of RabbitMQ's management page. */
export const operator = 'operator'

/** Of Grafana's dashboards. */
export const grafanaAdmin = 'admin'

/** Of Postgres: it makes the others. */
export const superuser = 'postgres'
