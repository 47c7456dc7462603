/** The loyalty service as a process. */
import { runProcess } from '@quadrille/service'
import { loyalty } from './service.ts'

await runProcess(loyalty)
