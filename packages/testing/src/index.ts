export { aMessage, anOrder, aPlacedOrder, noon } from './builders.ts'
export { createTestDatabase, startTestPostgres, type TestDatabase, type TestPostgres } from './postgres.ts'
export type { PrivateNode } from './rabbitmq/private-node.ts'
export { createVhost, type Vhost } from './rabbitmq/vhost.ts'
export { type RabbitMq, startRabbitMq, startRabbitMqNode } from './rabbitmq.ts'

// What vitest.config.ts provides to tests by inject().
import type {} from './vitest-setup.ts'

export { type TcpProxy, tcpProxy } from './tcp-proxy.ts'
