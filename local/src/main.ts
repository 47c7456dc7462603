/** `npm start`: all services in one process, beside Postgres and the console. `npm start -- --help` lists the variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('quadrille') // must run before the instrumented modules are imported
const { run } = await import('./run.ts')
await run(telemetry)
