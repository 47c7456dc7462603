/** The AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0): public events, and questions. */
import { publisherOf, type ServiceModel } from '../choreography.ts'
import { contentType } from '../envelope.ts'
import type { Language } from '../language.ts'
import { eventsExchange, inboxOf } from '../names.ts'
import { messageComponents, messageNames, schemaComponents } from './asyncapi-messages.ts'
import { bindingVersion, capitalized, channel, channelRef, messageRefs } from './asyncapi-parts.ts'
import { questionChannels, questionMessages, questionOperations, questionSchemas } from './asyncapi-questions.ts'

/**
 * The document as a plain object. A channel is the fanout exchange of one service; each service sends to its own channel and
 * receives from others.
 */
export const asyncApiDocument = (language: Language, version: string): object => {
  const { title, ...info } = language.info
  const services = Object.values(language.services)
  const types = services.flatMap(({ publishes }) => publishes)
  return {
    asyncapi: '3.0.0',
    info: { title, version, ...info },
    defaultContentType: contentType,
    servers: { rabbitmq: server },
    channels: {
      ...Object.fromEntries(services.map((service) => [channelOf(service), eventChannel(language, service)])),
      ...questionChannels(language),
    },
    operations: Object.assign(
      {},
      ...services.map((service) => operations(language, service)),
      questionOperations(language),
    ),
    components: {
      messages: { ...messageComponents(language, types), ...questionMessages(language) },
      schemas: { ...schemaComponents(language, types), ...questionSchemas(language) },
    },
  }
}

const server = {
  host: '127.0.0.1:5672',
  protocol: 'amqp',
  protocolVersion: '0.9.1',
  description: 'RabbitMQ. The variable AMQP_URL is its address.',
}

const channelOf = ({ name }: ServiceModel): string => `${name}Events`

const eventChannel = (language: Language, service: ServiceModel) =>
  channel(eventsExchange(service.name), {
    type: 'fanout',
    title: `Events of ${service.name}`,
    description: `The events that the ${service.name} service publishes. Each consumer binds its inbox to this exchange.`,
    messages: service.publishes.flatMap((type) => messageNames(language, type)),
  })

/** A service sends to its own channel, and receives its consumed events from the others. */
const operations = (language: Language, service: ServiceModel): Record<string, object> => {
  const publishers = new Set(service.consumes.map((type) => publisherOf(type, language.services)))
  const sources = [...publishers].filter((source) => !!source)
  const receives = sources.map((source): [string, object] => [
    `${service.name}ReceivesFrom${capitalized(source.name)}`,
    receive(language, service, source),
  ])
  return { [`${service.name}Sends`]: send(language, service), ...Object.fromEntries(receives) }
}

const send = (language: Language, service: ServiceModel) => ({
  action: 'send',
  channel: channelRef(channelOf(service)),
  title: `${service.name} sends`,
  description: 'Persistent and mandatory. The message is published when the broker has confirmed and routed it.',
  tags: [{ name: service.name }],
  bindings: { amqp: { deliveryMode: 2, mandatory: true, timestamp: true, bindingVersion } },
  messages: eventRefs(language, service, service.publishes),
})

const receive = (language: Language, service: ServiceModel, source: ServiceModel) => ({
  action: 'receive',
  channel: channelRef(channelOf(source)),
  title: `${service.name} receives from ${source.name}`,
  description: `At-least-once delivery to the queue ${inboxOf(service.name)}. The message is acknowledged after its effect is committed.`,
  tags: [{ name: service.name }],
  bindings: { amqp: { ack: true, bindingVersion } },
  messages: eventRefs(
    language,
    source,
    source.publishes.filter((type) => service.consumes.includes(type)),
  ),
})

const eventRefs = (language: Language, service: ServiceModel, types: readonly string[]) =>
  messageRefs(
    channelOf(service),
    types.flatMap((type) => messageNames(language, type)),
  )
