/** The page docs/choreography.md. */
import { catalog, type MessageType } from '../catalog.ts'
import { type Choreography, publisherOf, type ServiceModel } from '../choreography.ts'
import { initialStatus, orderLifecycle } from '../lifecycle.ts'
import { versionToSend } from '../publish-versions.ts'
import { fulfilledStory, outOfStockStory } from '../stories.ts'
import { flowchart, sequence, stateDiagram } from './mermaid.ts'

/** The page as Markdown. Everything on it follows from the model but the order of the steps in the two stories. */
export const choreographyPage = (model: Choreography): string => {
  const told = { model, lifecycle: orderLifecycle, start: initialStatus }
  const services = Object.values(model)
  return `${[
    '<!-- Generated from packages/events; do not edit. Run: pnpm --filter @quadrille/events generate -->',
    '# The choreography',
    'Nobody conducts: each service listens to the others, changes its own database, and says what it did.',
    '## Who says what to whom',
    flowchart(model),
    '## The events',
    'Each travels on the fanout exchange of its publisher. The number is the version that is sent by default; in brackets: those that are read too.',
    table(['event', 'means', 'published by', 'consumed by', 'version'], eventRows(services, model)),
    '## External work',
    'A task waits in a work queue for one of the competing workers. Its outcome is dispatched to the reactions of the same service only. If a task has several queues, they are those of the possible channels: each channel that is configured has a queue and gets every task.',
    table(['task', 'means', 'service', 'queues', 'outcomes'], services.flatMap(taskRows)),
    '## An order that is fulfilled',
    'What the customer is told is left out here and below: what notification hears becomes a `Notify`, and then a `NotificationSent` or `NotificationFailed`, for which no order waits.',
    sequence(fulfilledStory, told),
    '## An order that is out of stock',
    'Payment answers the cancellation by giving the money back. Inventory has answered before, by its rejection.',
    sequence(outOfStockStory, told),
    '## The states of an order',
    'What is not shown here moves no order: it is history only, such as an event that was overtaken.',
    stateDiagram(orderLifecycle, initialStatus),
  ].join('\n\n')}\n`
}

const eventRows = (services: readonly ServiceModel[], model: Choreography): string[][] =>
  services
    .flatMap(({ publishes }) => publishes)
    .map((type) => {
      const consumers = services.filter(({ consumes }) => consumes.includes(type)).map(({ name }) => name)
      return [
        `\`${type}\``,
        catalog[type].means,
        publisherOf(type, model)?.name ?? '',
        consumers.join(', '),
        versionsCell(type),
      ]
    })

const taskRows = ({ name, work }: ServiceModel): string[][] =>
  work
    ? Object.entries(work.tasks).map(([task, outcomes]) => [
        `\`${task}\``,
        catalog[task as MessageType].means,
        name,
        work.queues.map((queue) => `\`${queue}\``).join(', '),
        outcomes.map((outcome) => `\`${outcome}\``).join(', '),
      ])
    : []

const versionsCell = (type: MessageType): string => {
  const sent = versionToSend(type)
  const others = catalog[type].versions.map((_, index) => index + 1).filter((version) => version !== sent)
  const link = (version: number) => `[${version}](../packages/events/schemas/${type}/${version}.json)`
  return others.length === 0 ? link(sent) : `${link(sent)} (${others.map(link).join(', ')})`
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
