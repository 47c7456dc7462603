/** `npm start`: Postgres and all services in one process. `npm start -- --help` lists what can be set. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('quadrille') // before what it instruments is imported
const { run } = await import('./run.ts')
await run(telemetry)
