import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromService, Load, ServiceOptions, Stored } from './protocol.ts'

export interface Service {
  readonly pid: number
  /** Resolves when all of its messages are stored. @throws if a transaction fails. */
  run(load: Load): Promise<readonly Stored[]>
  /** Kills the process. */
  kill(): Promise<void>
}

const script = fileURLToPath(new URL('main.ts', import.meta.url))

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Resolves when the relay is started and connected. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const child = fork(script, [JSON.stringify(options)], { execArgv: [] })
  running.add(child)
  const exited = once(child, 'exit').then(() => running.delete(child))
  const answered = next(child)
  const answer = await answered
  if (answer.type !== 'ready' || child.pid === undefined)
    throw new Error(`The service can't start: ${JSON.stringify(answer)}`)
  return {
    pid: child.pid,
    run: async (load) => {
      const stored = next(child)
      child.send(load)
      const answer = await stored
      if (answer.type !== 'stored') throw new Error(`The load has failed: ${JSON.stringify(answer)}`)
      return answer.stored
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Resolves to the next message. @throws if the process exits before that. */
const next = (child: ChildProcess): Promise<FromService> => {
  const exit = new AbortController()
  return Promise.race([
    once(child, 'message', { signal: exit.signal }).then(([message]) => message as FromService),
    once(child, 'exit', { signal: exit.signal }).then(([code, killedBy]) => {
      throw new Error(`The service exited with ${code ?? killedBy}.`)
    }),
  ]).finally(() => exit.abort())
}
