/**
 * The accounts at Postgres and RabbitMQ, besides those of the services: each of these has a role and a database in Postgres, and a user in
 * RabbitMQ, all named after it.
 */

/** The role in Postgres that owns the service's database and its tables. */
export const ownerOf = (service: string): string => `${service}_owner`

/** The user of RabbitMQ's management page. */
export const operator = 'operator'

/** The user of Grafana's dashboards. */
export const grafanaAdmin = 'admin'

/** The superuser of Postgres, which creates the other roles. */
export const superuser = 'postgres'
