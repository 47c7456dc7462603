/** The order service as a process. `--help` lists its variables. */
import { runProcess } from '@quadrille/service'
import { order } from './service.ts'

await runProcess(order)
