import type { Shop } from '@quadrille/events'
import { tasksOf } from '@quadrille/service'

export const task = tasksOf<Shop, Shop['services']['payment']>()
