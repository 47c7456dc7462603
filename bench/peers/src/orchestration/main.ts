/** The order as a durable workflow on DBOS, in one process with one database. docs/orchestration.md compares it with Quadrille. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import { simulatedGateway } from '@quadrille/payment/gateway/simulated'
import { openDatabase } from '@quadrille/postgres'
import { Pool } from 'pg'
import { prepareStatements } from '../dbos/prepare.ts'
import { databaseUrl, port, stopAtSigterm } from '../shop/environment.ts'
import { serve } from '../shop/front.ts'
import { openPayments } from './payments.ts'
import { routes } from './routes.ts'
import { tableStatements } from './tables.ts'
import { registerWorkflow } from './workflow.ts'

const onIdleError = (error: Error) => console.error(error)
const database = openDatabase({ url: databaseUrl(), applicationName: 'orchestration', onIdleError })
const gatewayDatabase = openDatabase({ url: databaseUrl(), applicationName: 'gateway', onIdleError })
const systemDatabasePool = new Pool({ connectionString: databaseUrl() })
systemDatabasePool.on('error', onIdleError)
prepareStatements(systemDatabasePool)

const [{ gatewayExists } = { gatewayExists: false }] = await database.query<{ gatewayExists: boolean }>(
  `select to_regnamespace('gateway') is not null as "gatewayExists"`,
)
for (const statement of tableStatements({ gatewayExists })) await database.query(statement)
const gateway = simulatedGateway({ database: gatewayDatabase, now: () => new Date() })
const handleOrder = registerWorkflow(database, openPayments(database, gateway))
DBOS.setConfig({ name: 'orders', logLevel: 'error', systemDatabasePool })
await DBOS.launch() // resumes the workflows that the last process left

const table = routes({ database, handleOrder, ttlMs: Number(process.env['ORDER_TTL_MS'] ?? 900_000) })

const close = await serve(port(), async (method, path, body) => {
  for (const [verb, pattern, handle] of table) {
    const match = verb === method ? pattern.exec(path) : null
    if (match) return handle(match[1] ?? '', body)
  }
  return { status: 404, body: {} }
})

stopAtSigterm(async () => {
  await close()
  await DBOS.shutdown()
  await Promise.all([systemDatabasePool.end(), gatewayDatabase.end(), database.end()])
})
