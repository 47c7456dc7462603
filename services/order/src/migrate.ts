/** Migrates the order service's database, and exits. */
import { runMigrations } from '@quadrille/service'
import { order } from './service.ts'

await runMigrations(order)
