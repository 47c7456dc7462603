import type { Writable } from 'node:stream'

/**
 * Sends in one system call what is written to the socket until the event loop goes on. amqplib writes each frame by itself, which
 * costs the sender and the server more than the rest of the work for a small message. Nothing is delayed beyond that.
 */
export const coalesceWrites = (socket: Writable): void => {
  const write = socket.write.bind(socket)
  let corked = false
  const uncork = () => {
    corked = false
    socket.uncork()
  }
  // Only the cast gives the function the overloads of `write`.
  socket.write = ((...args: Parameters<Writable['write']>) => {
    if (!corked) {
      corked = true
      socket.cork()
      process.nextTick(uncork)
    }
    return write(...args)
  }) as Writable['write']
}
