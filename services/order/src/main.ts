/** The order service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('order') // must run before the instrumented modules are imported
const [{ runProcess }, { order }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(order, telemetry)
