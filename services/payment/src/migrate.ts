/** Migrates the payment service's database, and exits. */
import { runMigrations } from '@quadrille/service'
import { payment } from './service.ts'

await runMigrations(payment)
