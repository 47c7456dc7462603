/** The service `catalog` as a process. `--help` lists its variables. */
import { startTelemetry } from '@quadrille/service/telemetry'

const telemetry = await startTelemetry('catalog') // must run before the instrumented modules are imported
const [{ runProcess }, { catalog }] = await Promise.all([import('@quadrille/service'), import('./service.ts')])
await runProcess(catalog, telemetry)
