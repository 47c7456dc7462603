import type { choreography } from '@quadrille/events'
import { reactionsOf } from '@quadrille/service'
import type { Correspondence } from '../domain/correspondence.ts'

export type Model = typeof choreography.notification

export const reaction = reactionsOf<Model, Correspondence>()
