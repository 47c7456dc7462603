/** The parts that the sections of the AsyncAPI document share: references, schemas and channels. */
import { z } from 'zod'
import { integerFormat } from './integer-format.ts'

/** The version of the AMQP bindings (https://github.com/asyncapi/bindings/tree/master/amqp). */
export const bindingVersion = '0.3.0'

export const componentRef = (path: string) => ({ $ref: `#/components/${path}` })

export const channelRef = (channelName: string) => ({ $ref: `#/channels/${channelName}` })

export const messageRefs = (channelName: string, messages: readonly string[]) =>
  messages.map((name) => ({ $ref: `#/channels/${channelName}/messages/${name}` }))

interface Channel {
  /** The type of its exchange. */
  readonly type: 'fanout' | 'direct'
  readonly title: string
  readonly description: string
  /** The names of its messages. */
  readonly messages: readonly string[]
}

/** The channel of an exchange. */
export const channel = (exchange: string, { type, title, description, messages }: Channel) => ({
  address: exchange,
  title,
  description,
  messages: Object.fromEntries(messages.map((name) => [name, componentRef(`messages/${name}`)])),
  bindings: {
    amqp: {
      is: 'routingKey',
      exchange: { name: exchange, type, durable: true, autoDelete: false, vhost: '/' },
      bindingVersion,
    },
  },
})

/** AsyncAPI's own schema dialect is a superset of JSON Schema draft 7. */
export const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rules } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', override: integerFormat })
  return rules
}

export const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

export const sentence = (text: string): string => `${capitalized(text)}.`
