/** The language of the library, and the types of its messages. */
import { type DataIn, type DraftIn, defineLanguage, type MessageIn, type TypeIn } from '@quadrille/messages'
import { choreography } from './choreography.ts'
import { messages } from './messages.ts'

export const library = defineLanguage({
  name: 'library',
  info: { title: 'Library', description: 'The events of a loan, from the request until it is settled.' },
  messages,
  services: choreography,
  subject: { field: 'loanId', description: 'the loan id' },
  secrets: [],
})

export type Library = typeof library

type Messages = typeof messages
type MessageType = TypeIn<Messages>

/** The data of a message type, in its newest version. */
export type DataOf<Type extends MessageType> = DataIn<Messages, Type>

/** A message of one of these types. */
export type Message<Type extends MessageType = MessageType> = MessageIn<Messages, Type>

/** A message that is not sent yet, of one of these types. */
export type Draft<Type extends MessageType = MessageType> = DraftIn<Messages, Type>

export const { draft } = library
