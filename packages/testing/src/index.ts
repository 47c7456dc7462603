export { isAck, isCancel, isDeclareOk, withZeroCounts } from './amqp-frames.ts'
export { beforeCommit } from './before-commit.ts'
export { blockInserts, type InsertBlock } from './block-inserts.ts'
export { type Authority, createAuthority } from './certificates.ts'
export { claimedByTest, claimedInTest } from './claimed-by-test.ts'
export { neverAborted, on, required } from './conformance.ts'
export { type MigratedDatabase, openMigratedDatabase } from './migrated-database.ts'
export { noon } from './noon.ts'
export { patienceMs } from './patience.ts'
export { indexConditionsIn, planOf, statementsOf, wholeScansIn } from './plan-of.ts'
export {
  startOtherCluster,
  startPrivatePostgres,
  startStandbyPostgres,
  startTestPostgres,
  startTlsPostgres,
  type TestPostgres,
} from './postgres.ts'
export { ensurePrometheus, type Prometheus, promtool, startPrometheus } from './prometheus.ts'
export { describePython, ensurePython } from './python.ts'
export type { RabbitMqCluster, RabbitMqNode } from './rabbitmq/node.ts'
export { createVhost, manage, type Vhost } from './rabbitmq/vhost.ts'
export {
  brokerVersion,
  describeRabbitMq,
  type PrivateNode,
  type RabbitMq,
  startRabbitMq,
  startRabbitMqCluster,
  startRabbitMqNode,
} from './rabbitmq.ts'
export { type Random, seeded } from './random.ts'
export { recordStatements } from './record-statements.ts'
export { makeServerFolder } from './server-folder.ts'
export { serviceFlags } from './service-flags.ts'

// the values that vitest.config.ts provides to tests through inject()
import type {} from './vitest-setup.ts'

export type { Direction } from './network-conditions.ts'
export { proxyTo, type TcpProxy, tcpProxy, type UrlProxy } from './tcp-proxy.ts'
export { createTestDatabase, type Template, type TestDatabase } from './test-database.ts'
export { sized } from './test-size.ts'
export { where } from './where.ts'
