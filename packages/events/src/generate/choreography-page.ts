/** The page docs/choreography.md. */
import { catalog, type MessageType } from '../catalog.ts'
import { type Choreography, publisherOf, type ServiceModel } from '../choreography.ts'
import { initialStatus, orderLifecycle } from '../lifecycle.ts'
import { versionToSend } from '../publish-versions.ts'
import { fulfilledStory, outOfStockStory } from '../stories.ts'
import { flowchart, sequence, stateDiagram } from './mermaid.ts'

/** The page as Markdown. All of it is derived from the model, except the order of the steps in the two stories. */
export const choreographyPage = (model: Choreography): string => {
  const told = { model, lifecycle: orderLifecycle, start: initialStatus }
  const services = Object.values(model)
  return `${[
    '<!-- Generated from packages/events; do not edit. Run: pnpm --filter @quadrille/events generate -->',
    '# The choreography',
    'The order process is a choreographed saga: each service consumes events of others, changes its own database, and publishes events. There is no orchestrator.',
    '## Publishers and consumers',
    flowchart(model),
    '## The events',
    'Each event is published to the fanout exchange of its service. The version is the one that is published by default, followed by the others that consumers accept.',
    table(['event', 'meaning', 'published by', 'consumed by', 'version'], eventRows(services, model)),
    '## Tasks',
    'A task is external work. It waits in a work queue for one of the competing workers. Its outcome is an internal message for the reactions of the same service. If a task has several queues, each belongs to a possible channel. Only configured channels have a queue, and each of them gets every task.',
    table(['task', 'meaning', 'service', 'queues', 'outcomes'], services.flatMap(taskRows)),
    '## An order that is fulfilled',
    'The diagrams omit notifications. For each event that it consumes, notification creates a `Notify` task, and then publishes `NotificationSent` or `NotificationFailed`. Orders do not wait for these.',
    sequence(fulfilledStory, told),
    '## An order that is out of stock',
    'Payment answers the cancellation with a refund. The rejection by inventory counts as its answer.',
    sequence(outOfStockStory, told),
    '## The states of an order',
    'Other events do not change the status of an order. They are only added to its history, such as an event that a later one has overtaken.',
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
