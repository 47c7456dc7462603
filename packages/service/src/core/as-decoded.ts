import { contentHash, type Decoded, type Message } from '@quadrille/messages'

/** A message that was made in this process, as if it had been received. */
export const asDecoded = (message: Message): Decoded => ({ message, hash: contentHash(message.data) })
