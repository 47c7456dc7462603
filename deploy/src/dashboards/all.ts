import type { Dashboard } from './dashboard.ts'
import { failures } from './failures.ts'
import { health } from './health.ts'
import { orders } from './orders.ts'
import { waiting } from './waiting.ts'

/** In the order of their questions. */
export const dashboards: readonly Dashboard[] = [orders, waiting, failures, health]
