import type { Socket } from 'node:net'
import type { ChannelModel } from 'amqplib'

/**
 * Sends all frames of one turn of the event loop in one system call. amqplib writes each frame by itself, which costs
 * the sender and the broker more than the rest of the work for a small message. Nothing is delayed beyond the turn.
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

/** amqplib exposes its socket, but not in its types. */
const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream
