import { describe, expect, it } from 'vitest'
import { configurableQueuesOf, queueNamesOf, retryQueueOf } from '../src/amqp/topology/names.ts'
import { retryTierFor, topologyOf, withWorkQueues } from '../src/topology.ts'
import { choreography } from './choreography.ts'

const shelved = {
  types: ['Shelved'],
  questionsExchange: 'stacks.questions',
  queue: 'stacks.questions.queue',
  answersExchange: 'stacks.answers',
}

describe('the topology of a service', () => {
  it('follows from the choreography', () => {
    expect(topologyOf(choreography.stacks, choreography)).toEqual({
      service: 'stacks',
      essential: true,
      events: 'stacks.events',
      direct: 'stacks.direct',
      fanout: null,
      queues: [
        { name: 'stacks.inbox', exchanges: ['desk.events', 'fees.events'], types: ['LoanRequested', 'FeeCharged'] },
        { name: 'stacks.tasks', exchanges: [] },
      ],
      deadLetterQueue: 'stacks.dead',
      requiredInboxes: ['desk.inbox', 'reminders.inbox'],
      answering: shelved,
    })
    expect(topologyOf(choreography.desk, choreography).asking).toEqual([shelved])
  })

  it('does not rely on the publishers that are not essential', () => {
    const optionalDesk = { ...choreography, desk: { ...choreography.desk, essential: false } }
    const [inbox] = topologyOf(choreography.stacks, optionalDesk).queues
    expect(inbox).toEqual({
      name: 'stacks.inbox',
      exchanges: ['desk.events', 'fees.events'],
      optionalExchanges: ['desk.events'],
      types: ['LoanRequested', 'FeeCharged'],
    })
  })

  it('needs a publisher of each event, and an answering service of each question', () => {
    const { desk, ...others } = choreography
    const withoutStacks = { desk, fees: others.fees, reminders: others.reminders }
    expect(() => topologyOf(choreography.fees, others)).toThrow(
      'fees consumes LoanRequested, which no service publishes: correct its model, or add the missing service to the ',
    )
    expect(() => topologyOf({ ...desk, consumes: [] }, withoutStacks)).toThrow(
      'desk asks Shelved, which no service answers: correct its model, or add the missing service to the choreography.',
    )
    expect(topologyOf({ ...desk, consumes: ['LoanClosed'], asks: [] }, {}).queues).toEqual([
      { name: 'desk.inbox', exchanges: ['desk.events'], types: ['LoanClosed'] },
    ])
  })

  it('binds several work queues to their fanout', () => {
    const { fanout, queues } = topologyOf(choreography.reminders, choreography)
    expect(queues.filter(({ exchanges }) => exchanges.includes(fanout ?? '')).map(({ name }) => name)).toEqual([
      'reminders.letter',
      'reminders.call',
    ])
  })
})

describe('a service that is configured for some of its work queues', () => {
  const all = topologyOf(choreography.reminders, choreography)

  it('has those, and retires the others', () => {
    const { queues, retired } = withWorkQueues(all, ['reminders.letter'])
    expect(queues.map(({ name }) => name)).toEqual(['reminders.inbox', 'reminders.letter'])
    expect(retired).toEqual([{ name: 'reminders.call', exchanges: [all.fanout] }])
  })

  it('may lack the queues of each channel, but no others', () => {
    const optional = configurableQueuesOf(all)
    expect(optional).toContain('reminders.call.retry.30s')
    const required = queueNamesOf(all).filter((name) => !optional.includes(name))
    expect(required.filter((name) => !name.includes('.retry.'))).toEqual(['reminders.inbox', 'reminders.dead'])
    expect(configurableQueuesOf(topologyOf(choreography.stacks, choreography))).toEqual([])
  })
})

describe('the tier of a retry', () => {
  it.each([
    [0, 'q.retry.1s'],
    [1_000, 'q.retry.1s'],
    [1_001, 'q.retry.5s'],
    [120_000, 'q.retry.2m'],
    [3_600_000, 'q.retry.10m'],
  ])('after %d ms is that of %s: never too early, except for the longest', (delayMs, queue) => {
    expect(retryQueueOf('q', retryTierFor(delayMs))).toBe(queue)
  })
})
