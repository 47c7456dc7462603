/** The language of the shop, and the types of its messages. */
import { type DataIn, type DraftIn, defineLanguage, type MessageIn, type TypeIn } from '@quadrille/messages'
import { catalog } from './catalog.ts'
import { choreography } from './choreography.ts'
import { withPlaceholders } from './placeholders.ts'
import { questions } from './questions.ts'

export const shop = defineLanguage({
  name: 'quadrille',
  info: {
    title: 'Quadrille',
    description: 'The events of an order, from placed to settled. Generated from packages/events; do not edit.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
  messages: catalog,
  questions,
  services: choreography,
  subject: { field: 'orderId', description: 'the order id; for messages about a photo, the photo id' },
  secrets: ['method', 'email'],
  withPlaceholders,
})

export type Shop = typeof shop

type Catalog = typeof catalog
export type MessageType = TypeIn<Catalog>

/** The data of a message type, in its newest version. */
export type DataOf<Type extends MessageType> = DataIn<Catalog, Type>

/** A message of one of these types. */
export type Message<Type extends MessageType = MessageType> = MessageIn<Catalog, Type>

/** A draft of one of these types. */
export type Draft<Type extends MessageType = MessageType> = DraftIn<Catalog, Type>

export const { decode, draft, encode, isMessageType, publisherOf, redact, redactText, seal } = shop
