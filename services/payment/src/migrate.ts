/** Brings the payment service's database up to date, and ends. */
import { runMigrations } from '@quadrille/service'
import { payment } from './service.ts'

await runMigrations(payment)
