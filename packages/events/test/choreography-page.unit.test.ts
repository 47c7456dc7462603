import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { choreographyPage } from '../src/generate/choreography-page.ts'
import { flowchart, stateDiagram } from '../src/generate/mermaid.ts'
import {
  choreography,
  initialStatus,
  type MessageType,
  nextStatus,
  publisherOf,
  type ServiceModel,
} from '../src/index.ts'
import { fulfilledStory, outOfStockStory } from '../src/stories.ts'

it('is the page in the repository: run `pnpm --filter @quadrille/events generate` if not', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/choreography.md'), 'utf8')
  expect(page).toBe(choreographyPage(choreography))
})

describe('the diagrams', () => {
  it('have an arrow for each pair of services', () => {
    const { order, payment } = choreography
    expect(flowchart({ order, payment }).split('\n')).toEqual([
      '```mermaid',
      'flowchart LR',
      '  order([order])',
      '  payment([payment])',
      '  order -- "OrderPlaced<br/>OrderCancelled" --> payment',
      '  payment -- "PaymentProcessed<br/>PaymentDeclined<br/>PaymentVoided<br/>PaymentRefunded<br/>PaymentRefundFailed" --> order',
      '```',
    ])
  })

  it('have an arrow for each change of state', () => {
    const lifecycle = {
      placed: { PaymentDeclined: 'cancelled', InventoryRejected: 'cancelled' },
      cancelled: null,
    } as const
    expect(stateDiagram(lifecycle, 'placed').split('\n')).toEqual([
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> placed',
      '  placed --> cancelled: PaymentDeclined, InventoryRejected',
      '  cancelled --> [*]',
      '```',
    ])
  })
})

const stories: Record<string, { readonly story: readonly MessageType[]; readonly ends: string }> = {
  'of the order that is fulfilled': { story: fulfilledStory, ends: 'fulfilled' },
  'of the order that is out of stock': { story: outOfStockStory, ends: 'cancelled' },
}

describe.each(Object.entries(stories))('the story %s', (_, { story, ends }) => {
  it('brings the order to its end', () => {
    const status = story.reduce((before, type) => nextStatus(before, type) ?? before, initialStatus)
    expect(status).toBe(ends)
  })

  it('says nothing that its publisher could not know yet', () => {
    const early = story.filter(
      (type, index) => index > 0 && !story.slice(0, index).some((before) => leadsTo(before, type)),
    )
    expect(early).toEqual([])
  })
})

const speakerOf = (type: MessageType): ServiceModel | undefined =>
  publisherOf(type) ?? Object.values<ServiceModel>(choreography).find((service) => keepsInside(service, type))

const keepsInside = ({ internal, work }: ServiceModel, type: MessageType) =>
  internal.includes(type) || Object.hasOwn(work?.tasks ?? {}, type)

/** Whether the service that says `type` has heard of `before`: an outcome follows its task, all else what is consumed. */
const leadsTo = (before: MessageType, type: MessageType): boolean => {
  const speaker = speakerOf(type)
  const outcomes = speaker?.work?.tasks[before]
  if (outcomes) return outcomes.includes(type)
  return speaker !== undefined && (speaker.consumes.includes(before) || speaker.internal.includes(before))
}
