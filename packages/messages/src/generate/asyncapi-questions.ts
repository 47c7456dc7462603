/** The questions in the AsyncAPI document, with its model of request and reply. */
import { z } from 'zod'
import { answererOf, type ServiceModel } from '../choreography.ts'
import type { Language } from '../language.ts'
import { questionNamesOf } from '../names.ts'
import { questionContentType } from '../question.ts'
import {
  bindingVersion,
  capitalized,
  channel,
  channelRef,
  componentRef,
  messageRefs,
  schemaOf,
  sentence,
} from './asyncapi-parts.ts'

const questionsChannel = (service: string): string => `${service}Questions`
const answersChannel = (service: string): string => `${service}Answers`
const questionName = (type: string): string => `${type}.question`
const answerName = (type: string): string => `${type}.answer`

const answering = ({ services }: Language): { readonly name: string; readonly types: readonly string[] }[] =>
  Object.values(services).flatMap(({ name, answers: types = [] }) => (types.length > 0 ? [{ name, types }] : []))

/** Two channels for each answering service: the exchanges of its questions and of its answers. */
export const questionChannels = (language: Language): Record<string, object> =>
  Object.fromEntries(
    answering(language).flatMap(({ name, types }) => {
      const { questionsExchange, queue, answersExchange } = questionNamesOf(name)
      return [
        [
          questionsChannel(name),
          channel(questionsExchange, {
            type: 'direct',
            title: `Questions to ${name}`,
            description: `The routing key is the type of the question. The instances of ${name} compete for the queue ${queue}.`,
            messages: types.map(questionName),
          }),
        ],
        [
          answersChannel(name),
          channel(answersExchange, {
            type: 'direct',
            title: `Answers of ${name}`,
            description:
              'The routing key is the `replyTo` of the question: the name of a queue that its sender has bound here.',
            messages: types.map(answerName),
          }),
        ],
      ]
    }),
  )

/** An operation for each service and each of the services that it asks, and one for each answering service. */
export const questionOperations = (language: Language): Record<string, object> => {
  const asked = Object.values(language.services).flatMap((service) => asksOf(language, service))
  const asks = asked.map(({ service, answerer, types }): [string, object] => [
    `${service}Asks${capitalized(answerer)}`,
    operation('send', {
      service,
      answerer,
      types,
      title: `${service} asks ${answerer}`,
      description: 'Transient and mandatory, with a time to live. Without an answer in time the sender goes on.',
    }),
  ])
  const answers = answering(language).map(({ name, types }): [string, object] => [
    `${name}Answers`,
    operation('receive', {
      service: name,
      answerer: name,
      types,
      title: `${name} answers`,
      description: 'Once at most: a question that waits for too long, or that can’t be read, gets no answer.',
    }),
  ])
  return Object.fromEntries([...asks, ...answers])
}

const asksOf = ({ services }: Language, { name, asks = [] }: ServiceModel) =>
  [...Map.groupBy(asks, (type) => answererOf(type, services)?.name ?? '')].map(([answerer, types]) => ({
    service: name,
    answerer,
    types,
  }))

interface OperationTexts {
  readonly service: string
  readonly answerer: string
  readonly types: readonly string[]
  readonly title: string
  readonly description: string
}

const operation = (action: 'send' | 'receive', { service, answerer, types, title, description }: OperationTexts) => {
  const [questions, answers] = [questionsChannel(answerer), answersChannel(answerer)]
  return {
    action,
    channel: channelRef(questions),
    title,
    description,
    tags: [{ name: service }],
    bindings: {
      amqp: action === 'send' ? { deliveryMode: 1, mandatory: true, bindingVersion } : { ack: true, bindingVersion },
    },
    messages: messageRefs(questions, types.map(questionName)),
    reply: {
      address: { location: '$message.header#/replyTo', description: 'The routing key for the answer.' },
      channel: channelRef(answers),
      messages: messageRefs(answers, types.map(answerName)),
    },
  }
}

/** The messages of all questions. */
export const questionMessages = ({ questions }: Language): Record<string, object> =>
  Object.fromEntries(
    Object.values(questions).flatMap(({ type, summary, example }) => [
      [
        questionName(type),
        message(type, { part: 'asked', title: `${type}, the question`, summary, payload: example.asked }),
      ],
      [
        answerName(type),
        message(type, { part: 'answer', title: `${type}, the answer`, summary, payload: example.answer }),
      ],
    ]),
  )

interface MessageTexts {
  readonly part: string
  readonly title: string
  readonly summary: string
  readonly payload: unknown
}

const message = (type: string, { part, title, summary, payload }: MessageTexts) => ({
  name: type,
  title,
  summary: sentence(summary),
  contentType: questionContentType,
  correlationId: { location: '$message.header#/correlationId', description: 'The correlation id of the question.' },
  headers: componentRef('schemas/QuestionHeaders'),
  payload: componentRef(`schemas/${type}.${part}`),
  bindings: { amqp: { messageType: type, bindingVersion } },
  examples: [{ name: title, headers: { correlationId: '1' }, payload }],
})

const headers = z.object({
  correlationId: z.string().meta({ description: 'The AMQP property: unique for each question of an instance.' }),
  replyTo: z.string().optional().meta({ description: 'The AMQP property: the routing key for the answer.' }),
  traceparent: z.string().optional().meta({ description: 'The trace of the question (W3C Trace Context).' }),
})

/** The schemas of all questions and answers. */
export const questionSchemas = ({ questions }: Language): Record<string, object> => {
  if (Object.keys(questions).length === 0) return {}
  const contents = Object.values(questions).flatMap(({ type, summary, asked, answer }) => [
    [`${type}.asked`, { ...schemaOf(asked), description: `The question ${type}: ${summary}.` }],
    [`${type}.answer`, { ...schemaOf(answer), description: `The answer to ${type}.` }],
  ])
  return { QuestionHeaders: schemaOf(headers), ...Object.fromEntries(contents) }
}
