/** The shipping service as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('shipping') // must run before the instrumented modules are imported
const [{ runProcess }, { shipping }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(shipping, telemetry)
