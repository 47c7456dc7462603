/** Brings the order service's database up to date, and ends. */
import { runMigrations } from '@quadrille/service'
import { order } from './service.ts'

await runMigrations(order)
