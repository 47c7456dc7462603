/**
 * Who logs in at Postgres and RabbitMQ, besides the services: each of these has a role and a database in Postgres, and a user in
 * RabbitMQ, all named after it.
 */

/** The role in Postgres that owns the service's database and its tables. */
export const ownerOf = (service: string): string => `${service}_owner`

/** Of RabbitMQ's management page. */
export const operator = 'operator'

/** Of Grafana's dashboards. */
export const grafanaAdmin = 'admin'

/** Of Postgres: it makes the others. */
export const superuser = 'postgres'
