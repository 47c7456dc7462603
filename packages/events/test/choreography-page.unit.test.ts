import { publisherOf, type ServiceModel } from '@quadrille/messages'
import { describe, expect, it } from 'vitest'
import { choreography, initialStatus, type MessageType, nextStatus } from '../src/index.ts'
import { fulfilledScenario, outOfStockScenario } from '../src/scenarios.ts'

const scenarios: Record<string, { readonly steps: readonly MessageType[]; readonly final: string }> = {
  'of a fulfilled order': { steps: fulfilledScenario, final: 'fulfilled' },
  'of an order that is out of stock': { steps: outOfStockScenario, final: 'cancelled' },
}

describe.each(Object.entries(scenarios))('the scenario %s', (_, { steps, final }) => {
  it('leads the order to its final status', () => {
    const status = steps.reduce((before, type) => nextStatus(before, type) ?? before, initialStatus)
    expect(status).toBe(final)
  })

  it('has no message before its cause', () => {
    const early = steps.filter(
      (type, index) => index > 0 && !steps.slice(0, index).some((before) => leadsTo(before, type)),
    )
    expect(early).toEqual([])
  })
})

const senderOf = (type: MessageType): ServiceModel | undefined =>
  publisherOf(type, choreography) ??
  Object.values<ServiceModel>(choreography).find((service) => isInternalTo(service, type))

const isInternalTo = ({ internal, work }: ServiceModel, type: MessageType) =>
  internal.includes(type) || Object.hasOwn(work?.tasks ?? {}, type)

/** Whether the sender of `type` has received `before`: an outcome follows its task, other messages what is consumed. */
const leadsTo = (before: MessageType, type: MessageType): boolean => {
  const sender = senderOf(type)
  const outcomes = sender?.work?.tasks[before]
  if (outcomes) return outcomes.includes(type)
  return sender !== undefined && (sender.consumes.includes(before) || sender.internal.includes(before))
}
