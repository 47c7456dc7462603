/** The diagram of docs/overview.md: processes, databases, exchanges and queues. All but the outside world follows from the model. */
import { consumersOf, type ServiceModel } from '@quadrille/messages'
import { choreography } from '../src/choreography.ts'

/** The systems outside of the shop. */
const outside = [
  'client([client]) -- "POST /orders" --> order',
  'payment -- "charge, refund" --> gateway([payment gateway])',
  'notification -- "email" --> mail([mail server])',
]

/** The service whose retry queues and dead-letter queue are shown, as an example for all. */
const example = 'payment'

/** Queues of the model that the notification service does not declare: their channels have no adapter. */
const undeclaredQueues = ['notification.webhook', 'notification.web']

const models: readonly ServiceModel[] = Object.values(choreography)
const ofEach = (line: (model: ServiceModel) => string): string[] => models.map(line)

const database = ({ name }: ServiceModel): string =>
  `${name}[${name}] --- ${name}Db[("quadrille_${name}<br/>state, inbox, outbox,<br/>dead_letter")]`

const declared = (queues: readonly string[]) => queues.filter((queue) => !undeclaredQueues.includes(queue))

const workers = models.flatMap((model) => (model.work === null ? [] : [{ name: model.name, ...model.work }]))

const bindings = (model: ServiceModel): string => {
  const inboxes = consumersOf(model, choreography).map(({ name }) => `${name}Inbox`)
  return `${model.name}Events{{${model.name}.events}} --> ${inboxes.join(' & ')}`
}

const section = (title: string, lines: readonly string[]): string[] => [
  `subgraph ${title}`,
  ...lines.map((line) => `  ${line}`),
  'end',
]

/** As a Mermaid flowchart. */
export const overviewDiagram = (): string => {
  const processes = section('processes [Processes and their databases]', ofEach(database))
  const relays = [
    ...ofEach(({ name }) => `${name} -- "relay" --> ${name}Events`),
    ...workers.map(({ name, fanout }) =>
      fanout ? `${name} -- "relay" --> ${name}Fanout` : `${name} -- "relay, by ${name}.direct" --> ${name}Work`,
    ),
  ]
  const rabbitmq = section('rabbitmq [RabbitMQ]', [
    ...ofEach(bindings),
    ...workers.flatMap(({ name, fanout }) => (fanout ? [`${name}Fanout{{${fanout}}} --> ${name}Work`] : [])),
    ...ofEach(({ name }) => `${name}Inbox[/${name}.inbox/]`),
    ...workers.map(({ name, queues }) => `${name}Work[/"${declared(queues).join('<br/>')}"/]`),
    `${example}Inbox -. "failed" .-> retry[/"${example}.inbox.retry.1s … 10m"/]`,
    `retry -. "after the delay" .-> ${example}Inbox`,
    `${example}Inbox -. "100 deliveries" .-> dead[/${example}.dead/]`,
  ])
  const consumers = [
    ...ofEach(({ name }) => `${name}Inbox --> ${name}`),
    ...workers.map(({ name }) => `${name}Work --> ${name}`),
    `dead -.-> ${example}`,
  ]
  const lines = [...outside, ...processes, ...relays, ...rabbitmq, ...consumers]
  return ['```mermaid', 'flowchart TB', ...lines.map((line) => `  ${line}`), '```'].join('\n')
}
