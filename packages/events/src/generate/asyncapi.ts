/** The AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0): public events only. */
import type { MessageType } from '../catalog.ts'
import { type Choreography, publisherOf, type ServiceModel } from '../choreography.ts'
import { contentType } from '../envelope.ts'
import { messageComponents, messageNames, schemaComponents } from './asyncapi-messages.ts'

const bindingVersion = '0.3.0'

/** The document. A channel is the fanout exchange of one service; every service sends to one and receives from others. */
export const asyncApi = (model: Choreography, version: string): object => {
  const services = Object.values(model)
  const types = services.flatMap(({ publishes }) => publishes)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Quadrille',
      version,
      description: 'The events of an order, from placed to settled. Generated from packages/events; do not edit.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: contentType,
    servers: { rabbitmq: server },
    channels: Object.fromEntries(services.map((service) => [channelOf(service), channel(service)])),
    operations: Object.assign({}, ...services.map((service) => operations(service, model))),
    components: { messages: messageComponents(types), schemas: schemaComponents(types) },
  }
}

const server = {
  host: '127.0.0.1:5672',
  protocol: 'amqp',
  protocolVersion: '0.9.1',
  description: 'RabbitMQ. The variable AMQP_URL is its address.',
}

/** The exchange's name; the broker's topology has the same rule. */
const exchangeOf = ({ name }: ServiceModel): string => `${name}.events`
const channelOf = ({ name }: ServiceModel): string => `${name}Events`
const channelRef = (service: ServiceModel) => ({ $ref: `#/channels/${channelOf(service)}` })

const channel = (service: ServiceModel) => ({
  address: exchangeOf(service),
  title: `Events of ${service.name}`,
  description: `The events that the ${service.name} service publishes. Each consumer binds its inbox to this exchange.`,
  messages: Object.fromEntries(
    service.publishes.flatMap(messageNames).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  ),
  bindings: {
    amqp: {
      is: 'routingKey',
      exchange: { name: exchangeOf(service), type: 'fanout', durable: true, autoDelete: false, vhost: '/' },
      bindingVersion,
    },
  },
})

/** What one service does: it sends on its own channel, and receives what it consumes on each of the others. */
const operations = (service: ServiceModel, model: Choreography): Record<string, object> => {
  const sources = [...new Set(service.consumes.map((type) => publisherOf(type, model)))].filter((source) => !!source)
  const receives = sources.map((source): [string, object] => [
    `${service.name}ReceivesFrom${source.name.charAt(0).toUpperCase()}${source.name.slice(1)}`,
    receive(service, source),
  ])
  return { [`${service.name}Sends`]: send(service), ...Object.fromEntries(receives) }
}

const send = (service: ServiceModel) => ({
  action: 'send',
  channel: channelRef(service),
  title: `${service.name} sends`,
  description: 'Persistent and mandatory. The message is published when the broker has confirmed and routed it.',
  tags: [{ name: service.name }],
  bindings: { amqp: { deliveryMode: 2, mandatory: true, timestamp: true, bindingVersion } },
  messages: messageRefs(service, service.publishes),
})

const receive = (service: ServiceModel, source: ServiceModel) => ({
  action: 'receive',
  channel: channelRef(source),
  title: `${service.name} receives from ${source.name}`,
  description: `At-least-once delivery to the queue ${service.name}.inbox. The message is acknowledged after its effect is committed.`,
  tags: [{ name: service.name }],
  bindings: { amqp: { ack: true, bindingVersion } },
  messages: messageRefs(
    source,
    source.publishes.filter((type) => service.consumes.includes(type)),
  ),
})

const messageRefs = (service: ServiceModel, types: readonly MessageType[]) =>
  types.flatMap(messageNames).map((name) => ({ $ref: `${channelRef(service).$ref}/messages/${name}` }))
