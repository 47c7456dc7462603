/** The payment service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('payment') // must run before the instrumented modules are imported
const [{ runProcess }, { payment }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(payment, telemetry)
