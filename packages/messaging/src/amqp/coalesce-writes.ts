import type { Socket } from 'node:net'
import type { ChannelModel } from 'amqplib'

/**
 * Lets all frames of one turn of the event loop leave in one system call. amqplib writes each frame by itself, which costs
 * the sender and the broker more than all else about a small message. Nothing is delayed beyond the turn.
 */
export const coalesceWrites = (connection: ChannelModel): void => {
  const socket = socketOf(connection)
  const write = socket.write.bind(socket)
  let corked = false
  const uncork = () => {
    corked = false
    socket.uncork()
  }
  // Only the cast gives the function the overloads of `write`.
  socket.write = ((...args: Parameters<Socket['write']>) => {
    if (!corked) {
      corked = true
      socket.cork()
      process.nextTick(uncork)
    }
    return write(...args)
  }) as Socket['write']
}

/** amqplib shows its socket, but doesn't say so in its types. */
const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream
