/** The inventory service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('inventory') // must run before the instrumented modules are imported
const [{ runProcess }, { inventory }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(inventory, telemetry)
