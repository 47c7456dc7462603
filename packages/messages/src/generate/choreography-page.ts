/** A page about a choreography: its services, events and tasks, some scenarios, and the states of its subject. */
import { messagesCausedBy, requestsOf } from '../causality.ts'
import type { ServiceModel } from '../choreography.ts'
import type { Language } from '../language.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { flowchart, sequence, stateDiagram } from './mermaid.ts'

/** One course of events, shown as a sequence diagram. */
export interface Scenario {
  readonly title: string
  readonly text: string
  /** Types of messages, in their order. */
  readonly steps: readonly string[]
}

export interface ChoreographyPage {
  /** An HTML comment without its delimiters, such as how the page is generated. */
  readonly comment: string
  readonly introduction: string
  /** The folder of the schemas, relative to the page. */
  readonly schemas: string
  readonly scenarios: readonly Scenario[]
  readonly states: {
    readonly title: string
    readonly text: string
    readonly lifecycle: Lifecycle
    readonly start: string
    /** The service that owns the state. */
    readonly owner: string
  }
}

/** The page as Markdown. */
export const choreographyPage = (
  language: Language,
  { comment, introduction, schemas, scenarios, states }: ChoreographyPage,
): string => {
  const services = Object.values(language.services)
  return `${[
    `<!-- ${comment} -->`,
    '# The choreography',
    introduction,
    '## Publishers and consumers',
    flowchart(language.services),
    '## The events',
    'Each event is published to the fanout exchange of its service. The version is the one that is published by default, followed by the others that consumers accept.',
    table(['event', 'meaning', 'published by', 'consumed by', 'version'], eventRows(language, schemas)),
    '## Tasks',
    'A task is external work. It waits in a work queue for one of the competing workers. Its outcome is an internal message for the reactions of the same service. A task with several queues goes to all of them: one queue for each channel. A channel without an adapter has no queue.',
    table(
      ['task', 'meaning', 'service', 'queues', 'outcomes'],
      services.flatMap((service) => taskRows(language, service)),
    ),
    '## What a request causes',
    'A request is an internal message from an HTTP request or a job. The table has the maximum number of messages that it causes in all services, itself included. A cycle without an event or request that is unique per subject would have no maximum, and fails the build. Each message carries its hops: the number of messages before it in its chain of causes, since the last one about another subject. A message with as many hops as the largest maximum is part of an event storm, and becomes a dead letter.',
    table(
      ['request', 'meaning', 'service', 'messages at most'],
      services.flatMap((service) => requestRows(language, service)),
    ),
    ...questionSection(language, schemas),
    ...scenarios.flatMap(({ title, text, steps }) => [
      `## ${title}`,
      text,
      sequence(steps, { services: language.services, ...states }),
    ]),
    `## ${states.title}`,
    states.text,
    stateDiagram(states.lifecycle, states.start),
  ].join('\n\n')}\n`
}

const eventRows = (language: Language, schemas: string): string[][] => {
  const services = Object.values(language.services)
  return services.flatMap(({ name, publishes }) =>
    publishes.map((type) => {
      const consumers = services.filter(({ consumes }) => consumes.includes(type))
      return [
        `\`${type}\``,
        meaningOf(language, type),
        name,
        consumers.map((consumer) => consumer.name).join(', '),
        versionsCell(language, type, schemas),
      ]
    }),
  )
}

/** Empty for a language without questions. */
const questionSection = ({ questions, services }: Language, schemas: string): string[] => {
  const rows = Object.values(questions).map(({ type, summary }) => [
    `\`${type}\``,
    summary,
    namesOf(Object.values(services).filter(({ asks = [] }) => asks.includes(type))),
    namesOf(Object.values(services).filter(({ answers = [] }) => answers.includes(type))),
    `[asked](${schemas}/${type}/asked.json), [answer](${schemas}/${type}/answer.json)`,
  ])
  if (rows.length === 0) return []
  return [
    '## Questions',
    'A question is not stored. If no reply arrives in time, the asking service continues without one.',
    table(['question', 'meaning', 'asked by', 'answered by', 'schemas'], rows),
  ]
}

const namesOf = (services: readonly ServiceModel[]): string => services.map(({ name }) => name).join(', ')

const meaningOf = ({ messages }: Language, type: string): string => messages[type]?.summary ?? ''

const taskRows = (language: Language, { name, work }: ServiceModel): string[][] =>
  work
    ? Object.entries(work.tasks).map(([task, outcomes = []]) => [
        `\`${task}\``,
        meaningOf(language, task),
        name,
        work.queues.map((queue) => `\`${queue}\``).join(', '),
        outcomes.map((outcome) => `\`${outcome}\``).join(', '),
      ])
    : []

const requestRows = (language: Language, service: ServiceModel): string[][] =>
  requestsOf(service).map((type) => [
    `\`${type}\``,
    meaningOf(language, type),
    service.name,
    `${messagesCausedBy(type, language)}`,
  ])

const versionsCell = ({ messages, versionToSend }: Language, type: string, schemas: string): string => {
  const sent = versionToSend(type)
  const versions = (messages[type]?.versions ?? []).map((_, index) => index + 1)
  const others = versions.filter((version) => version !== sent)
  const link = (version: number) => `[${version}](${schemas}/${type}/${version}.json)`
  return others.length === 0 ? link(sent) : `${link(sent)} (${others.map(link).join(', ')})`
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
