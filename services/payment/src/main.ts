/** The payment service as a process. `--help` lists its variables. */
import { runProcess } from '@quadrille/service'
import { payment } from './service.ts'

await runProcess(payment)
