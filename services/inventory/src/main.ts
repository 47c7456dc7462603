/** The inventory service as a process. `--help` lists its variables. */
import { runProcess } from '@quadrille/service'
import { inventory } from './service.ts'

await runProcess(inventory)
