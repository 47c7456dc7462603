import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { publisherOf, type ServiceModel } from '@quadrille/messages'
import { describe, expect, it } from 'vitest'
import { shopPage } from '../scripts/documents.ts'
import { choreography, initialStatus, type MessageType, nextStatus } from '../src/index.ts'
import { fulfilledStory, outOfStockStory } from '../src/stories.ts'

it('is the page in the repository: run `pnpm --filter @quadrille/events generate` if not', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/choreography.md'), 'utf8')
  expect(page).toBe(shopPage())
})

const stories: Record<string, { readonly story: readonly MessageType[]; readonly ends: string }> = {
  'of the order that is fulfilled': { story: fulfilledStory, ends: 'fulfilled' },
  'of the order that is out of stock': { story: outOfStockStory, ends: 'cancelled' },
}

describe.each(Object.entries(stories))('the story %s', (_, { story, ends }) => {
  it('leads the order to its end', () => {
    const status = story.reduce((before, type) => nextStatus(before, type) ?? before, initialStatus)
    expect(status).toBe(ends)
  })

  it('has no message before its cause', () => {
    const early = story.filter(
      (type, index) => index > 0 && !story.slice(0, index).some((before) => leadsTo(before, type)),
    )
    expect(early).toEqual([])
  })
})

const senderOf = (type: MessageType): ServiceModel | undefined =>
  publisherOf(type, choreography) ??
  Object.values<ServiceModel>(choreography).find((service) => keepsInside(service, type))

const keepsInside = ({ internal, work }: ServiceModel, type: MessageType) =>
  internal.includes(type) || Object.hasOwn(work?.tasks ?? {}, type)

/** Whether the sender of `type` has received `before`: an outcome follows its task, other messages what is consumed. */
const leadsTo = (before: MessageType, type: MessageType): boolean => {
  const sender = senderOf(type)
  const outcomes = sender?.work?.tasks[before]
  if (outcomes) return outcomes.includes(type)
  return sender !== undefined && (sender.consumes.includes(before) || sender.internal.includes(before))
}
