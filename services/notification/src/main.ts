/** The notification service as a process. `--help` lists its variables. */
import { runProcess } from '@quadrille/service'
import { notification } from './service.ts'

await runProcess(notification)
