/** Records an earlier version over RabbitMQ, with messages in an inbox, a retry queue, a dead-letter queue and an outbox. */
import { mapServices, mapServicesAsync, type ServiceName } from '@quadrille/events'
import { openShop, type ServiceProcess, type Shop, startServiceProcess } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost, type TcpProxy, tcpProxy, type Vhost } from '@quadrille/testing'
import { hasRows } from './has-rows.ts'
import { neverExpires, placeMugs, type Recording, settleOrders, until } from './recording.ts'
import { deadLetterAll, readyMessageCount, send, store as storeBroker, takeAll } from './stored-broker.ts'
import { store as storeDatabase } from './stored-databases.ts'

interface Servers {
  readonly postgresUrl: string
  readonly rabbitmqUrl: string
}

export const recordOverRabbitMq = async (checkout: string, servers: Servers): Promise<Recording> => {
  const system = await startSystem(checkout, servers)
  const { shop, vhost, databases } = system
  try {
    const settled = await settleOrders(shop)
    await system.processes.payment.end()
    const parked = await parkMessages(system)
    const { taken, ...inProgress } = await killDuringWork(system)
    const untouched = await leaveWaitingMessages(system)
    return {
      recordedAt: new Date().toISOString(),
      orders: { ...settled, ...parked, ...inProgress, ...untouched },
      databases: await mapServicesAsync((name) => storeDatabase(databases[name])),
      broker: await storeBroker(servers.rabbitmqUrl, vhost, taken),
    }
  } finally {
    shop.close()
    await vhost.drop()
  }
}

interface RecordedSystem {
  readonly shop: Shop
  readonly vhost: Vhost
  readonly databases: Readonly<Record<ServiceName, string>>
  readonly processes: Readonly<Record<ServiceName, ServiceProcess>>
  /** Between the order service and RabbitMQ. */
  readonly proxy: TcpProxy
  readonly startPayment: (env?: Readonly<Record<string, string>>) => Promise<ServiceProcess>
}

const startSystem = async (checkout: string, { postgresUrl, rabbitmqUrl }: Servers): Promise<RecordedSystem> => {
  const vhost = await createVhost(rabbitmqUrl)
  const proxied = new URL(vhost.url)
  const proxy = await tcpProxy(Number(proxied.port))
  proxied.port = String(proxy.port)
  const created = await mapServicesAsync(() => createTestDatabase(postgresUrl))
  const databases = mapServices((name) => created[name].url)
  const start = (name: ServiceName, env: Readonly<Record<string, string>> = {}) => {
    const AMQP_URL = name === 'order' ? proxied.href : vhost.url
    const variables = { DATABASE_URL: databases[name], AMQP_URL, ...neverExpires, ...env }
    return startServiceProcess(name, variables, { checkout })
  }
  const processes = await mapServicesAsync((name) => start(name))
  const shop = openShop(mapServices((name) => processes[name].url))
  return { shop, vhost, databases, processes, proxy, startPayment: (env) => start('payment', env) }
}

/** Creates two dead letters: a task that failed permanently, and an unreadable message. */
const parkMessages = async ({ shop, vhost, databases, startPayment }: RecordedSystem) => {
  const payment = await startPayment({ RETRY_ATTEMPTS: '1' })
  await send(vhost.url, 'payment.inbox', 'not a message')
  const parked = await placeMugs(shop, 'pm_sim_flaky')
  await until(() => hasRows(databases.payment, 'select from dead_letter having count(*) = 2'))
  await payment.end()
  return { parked }
}

/** Kills payment while one task waits for its third attempt, and the gateway processes the charge of another. */
const killDuringWork = async ({ shop, vhost, databases, startPayment }: RecordedSystem) => {
  const payment = await startPayment()
  const retryQueue = 'payment.tasks.retry.5s'
  const retried = await placeMugs(shop, 'pm_sim_flaky')
  await until(async () => (await readyMessageCount(vhost.url, retryQueue)) > 0)
  const taken = await takeAll(vhost.url, retryQueue)
  const charging = await placeMugs(shop, 'pm_sim_slow')
  await until(() => hasRows(databases.payment, `select from gateway.intent where status = 'processing'`))
  await payment.end('SIGKILL')
  return { retried, charging, taken }
}

/** Leaves messages in the dead-letter queue, in the inboxes and in the outbox. */
const leaveWaitingMessages = async ({ shop, vhost, databases, processes, proxy }: RecordedSystem) => {
  const inbox = 'payment.inbox'
  const givenUp = await placeMugs(shop, 'pm_card_visa')
  await until(async () => (await readyMessageCount(vhost.url, inbox)) === 1)
  await deadLetterAll(vhost.url, inbox)
  await until(async () => (await readyMessageCount(vhost.url, 'payment.dead')) === 1)
  const unhandled = await placeMugs(shop, 'pm_card_visa')
  await until(async () => (await readyMessageCount(vhost.url, inbox)) === 1)
  for (const name of ['inventory', 'notification'] as const) await processes[name].end()
  const cancelled = await placeMugs(shop, 'pm_card_visa')
  await shop.cancel(cancelled)
  await until(async () => !(await hasRows(databases.order, 'select from outbox')))
  proxy.refuse()
  const unpublished = await placeMugs(shop, 'pm_card_visa')
  await processes.order.end('SIGKILL')
  await proxy.close()
  return { givenUp, unhandled, cancelled, unpublished }
}
