/**
 * The accounts of Postgres, RabbitMQ and Grafana in addition to those of the services. Each service has a role and a database
 * in Postgres, and a user in RabbitMQ, all named after the service.
 */

/** The role in Postgres that owns the service's database and its tables. */
export const ownerOf = (service: string): string => `${service}_owner`

/** The user of RabbitMQ's management UI. */
export const operator = 'operator'

/** The user of Grafana's dashboards. */
export const grafanaAdmin = 'admin'

/** The role in Postgres and the user in RabbitMQ with which the audit reads all databases, and the depths of all queues. */
export const auditor = 'audit'

/** The superuser of Postgres, which creates the other roles. */
export const superuser = 'postgres'
