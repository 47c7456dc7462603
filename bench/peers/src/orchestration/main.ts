/** The order as a durable workflow on DBOS, in one process with one database. docs/orchestration.md compares it with Quadrille. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { simulatedGateway } from '@quadrille/payment/gateway/simulated'
import { openDatabase } from '@quadrille/postgres'
import { Pool } from 'pg'
import { prepareStatements } from '../dbos/prepare.ts'
import { databaseUrl, port, stopAtSigterm } from '../shop/environment.ts'
import { openPayments } from './payments.ts'
import { type Answer, routes } from './routes.ts'
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

const answer = async (method: string, path: string, body: string): Promise<Answer> => {
  for (const [verb, pattern, handle] of table) {
    const match = verb === method ? pattern.exec(path) : null
    if (match) return handle(match[1] ?? '', body)
  }
  return { status: 404, body: {} }
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = '', url = '' } = request
  const { status, body } = await answer(method, url, Buffer.concat(chunks).toString()).catch((error: unknown) => {
    console.error(error)
    return { status: 500, body: { title: String(error) } }
  })
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
server.keepAliveTimeout = 60_000
server.listen(port(), '127.0.0.1')
await once(server, 'listening')

stopAtSigterm(async () => {
  server.close()
  server.closeIdleConnections()
  await DBOS.shutdown()
  await Promise.all([systemDatabasePool.end(), gatewayDatabase.end(), database.end()])
})
