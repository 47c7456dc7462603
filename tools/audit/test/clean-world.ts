/** The databases of the services after some orders have ended correctly. */
import {
  type ByService,
  mapServices,
  mapServicesAsync,
  newOrderId,
  type ServiceName,
  serviceNames,
} from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import type { Ledger } from '@quadrille/payment/gateway'
import { simulatedLedger } from '@quadrille/payment/ledger'
import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { migrateAll } from '@quadrille/service/tools'
import { createTestDatabase } from '@quadrille/testing'
import { examine } from '../src/examine.ts'
import type { ExternalFacts, Report } from '../src/index.ts'
import { deleteScenarios, insertScenarios, type ScenarioOrder } from './insert-scenarios.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'

export interface CleanWorld extends AsyncDisposable {
  readonly urls: ByService<string>
  readonly databases: ByService<Sql>
  /** The gateway's ledger, as committed. */
  readonly ledger: Ledger
  /** All of its orders. */
  readonly orderIds: readonly string[]
  /** One of the orders of a scenario. */
  orderOf(scenario: ScenarioName): string
  /** Undoes what tests have committed. */
  reset(): Promise<void>
  /** The audit's findings after `plant` has run. All changes are rolled back. */
  auditAfter(plant: (snapshots: ByService<Sql>) => Promise<unknown>, facts?: ExternalFacts): Promise<Report>
}

/** Creates the databases, with this number of orders of each scenario. */
export const openCleanWorld = async (serverUrl: string, ofEach = 1): Promise<CleanWorld> => {
  const all = await mapServicesAsync((service) => openMigrated(serverUrl, service))
  const names = Object.keys(scenarios) as ScenarioName[]
  const orders = names.flatMap((scenario) =>
    Array.from({ length: ofEach }, (): ScenarioOrder => ({ orderId: newOrderId(), scenario })),
  )
  const databases = mapServices((service) => all[service].database)
  await insertScenarios(databases, orders)
  return {
    urls: mapServices((service) => all[service].url),
    databases,
    ledger: simulatedLedger(all.payment.database),
    orderIds: orders.map(({ orderId }) => orderId),
    orderOf: (wanted) => orders.find(({ scenario }) => scenario === wanted)?.orderId ?? '',
    reset: async () => {
      await deleteScenarios(databases)
      await insertScenarios(databases, orders)
    },
    auditAfter: (plant, facts = {}) =>
      rolledBack(databases, async (snapshots) => {
        await plant(snapshots)
        return examine({ snapshots, facts, ledger: simulatedLedger(snapshots.payment), atRest: true })
      }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Object.values(all).map(({ drop }) => drop()))
    },
  }
}

const openMigrated = async (serverUrl: string, service: ServiceName) => {
  const fill = (empty: string) => migrateAll(empty, definitions[service])
  const { url, drop } = await createTestDatabase(serverUrl, { name: service, fill })
  const database = openDatabase({
    url,
    applicationName: 'test',
    idleInTransactionMs: 60_000, // a transaction is idle while the others are read
    onIdleError: () => undefined,
  })
  const close = async () => {
    await database.end()
    await drop()
  }
  return { url, database, drop: close }
}

const rolledBack = (
  databases: ByService<Database>,
  work: (snapshots: ByService<Sql>) => Promise<Report>,
): Promise<Report> => {
  const opened = new Map<ServiceName, Sql>()
  const openNext = async ([service, ...rest]: readonly ServiceName[]): Promise<Report> => {
    if (service === undefined) return work(Object.fromEntries(opened) as ByService<Sql>)
    return undone(databases[service], (sql) => {
      opened.set(service, sql)
      return openNext(rest)
    })
  }
  return openNext(serviceNames)
}

const undone = async (database: Database, work: (sql: Sql) => Promise<Report>): Promise<Report> => {
  const rollback = new Error('All done: roll back.')
  const reports: Report[] = []
  await database
    .transaction(async (sql) => {
      reports.push(await work(sql))
      throw rollback
    })
    .catch((error: unknown) => {
      if (error !== rollback) throw error
    })
  const [report] = reports
  if (!report) throw new Error('The work was not done.')
  return report
}
