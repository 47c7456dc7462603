/** The process that does the operations of a floor. It exits with its parent. */
import { once } from 'node:events'
import type { Floor, FloorSpec, FloorWork, FromFloor, Operation } from './floor.ts'
import { messagesFloor } from './messages.ts'
import { postgresFloor } from './postgres.ts'
import { syncFloor } from './sync.ts'

const warmUpMs = 1_000

const send = (message: FromFloor): void => void process.send?.(message)

const open = (spec: FloorSpec): Promise<Floor> => {
  switch (spec.kind) {
    case 'sync':
      return syncFloor(spec.folder)
    case 'postgres':
      return postgresFloor(spec)
    case 'messages':
      return messagesFloor(spec.url, spec.messages)
  }
}

const run = async ({ floor, ms }: FloorWork): Promise<void> => {
  const clients = await open(floor)
  let done = 0
  const repeat = async (operation: Operation): Promise<never> => {
    for (;;) {
      const operations = await operation()
      done += operations
    }
  }
  const measure = async () => {
    await wait(warmUpMs)
    send({ type: 'ready' })
    await once(process, 'message')
    const [begun, before] = [performance.now(), done]
    await wait(ms)
    send({ type: 'ended', operations: done - before, ms: performance.now() - begun })
  }
  await Promise.race([measure(), ...clients.map(repeat)])
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

process.on('disconnect', () => process.exit())
await run(JSON.parse(process.argv[2] ?? '')).catch((error: unknown) => send({ type: 'failed', message: String(error) }))
