/** Scripts of the benchmark in processes of their own, with messages over the IPC channel of `child_process.fork`. */
import { fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'

interface Message {
  readonly type: string
}

/** A script sends it if it can't do its work. */
export interface Failed {
  readonly type: 'failed'
  readonly message: string
}

export interface Forked<Sent, Received extends Message> {
  readonly pid: number
  send(message: Sent): void
  /** Resolves to the next message of this type. @throws if the script has failed, or its process exits before that. */
  next<Type extends Received['type']>(type: Type): Promise<Extract<Received, { type: Type }>>
  /** Resolves when the process has exited. */
  kill(): Promise<void>
}

/** Starts a script, which must exit when it is disconnected, with its parent. */
export const startForked = <Sent extends Serializable, Received extends Message>(
  script: URL,
  ...args: readonly string[]
): Forked<Sent, Received> => {
  const child = fork(script, args, { execArgv: [] })
  const { pid } = child
  if (pid === undefined) throw new Error(`${script.pathname} can't be started.`)
  const exited = once(child, 'exit')
  return {
    pid,
    send: (message) => void child.send(message),
    next: <Type extends Received['type']>(type: Type) =>
      new Promise<Extract<Received, { type: Type }>>((resolve, reject) => {
        const finish = (act: () => void) => {
          child.off('message', onMessage).off('exit', onExit)
          act()
        }
        const onMessage = (message: Message) => {
          if (message.type === type) finish(() => resolve(message as Extract<Received, { type: Type }>))
          else if (isFailed(message)) finish(() => reject(new Error(message.message)))
        }
        const onExit = () => finish(() => reject(new Error(`The process of ${script.pathname} exited.`)))
        child.on('message', onMessage).on('exit', onExit)
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const isFailed = (message: Message): message is Failed => message.type === 'failed'
