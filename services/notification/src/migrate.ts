/** Brings the notification service's database up to date, and ends. */
import { runMigrations } from '@quadrille/service'
import { notification } from './service.ts'

await runMigrations(notification)
