/** The payment service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('payment') // before what it instruments is imported
const [{ runProcess }, { payment }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(payment, telemetry)
