/** Migrates the notification service's database, and exits. */
import { runMigrations } from '@quadrille/service'
import { notification } from './service.ts'

await runMigrations(notification)
