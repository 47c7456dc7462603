/** Migrates the inventory service's database, and exits. */
import { runMigrations } from '@quadrille/service'
import { inventory } from './service.ts'

await runMigrations(inventory)
