/** Migrates the shipping service's database, and exits. */
import { runMigrations } from '@quadrille/service'
import { shipping } from './service.ts'

await runMigrations(shipping)
