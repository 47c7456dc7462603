/** Brings the inventory service's database up to date, and ends. */
import { runMigrations } from '@quadrille/service'
import { inventory } from './service.ts'

await runMigrations(inventory)
