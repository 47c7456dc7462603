/** The load as a process of its own, so that its CPU is not that of the benchmark or of the measured system. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadSpec } from './load.ts'
import type { FromLoad, MeasuredLoad, ToLoad } from './protocol.ts'
import type { ShopOptions } from './shop.ts'

export interface LoadProcess {
  readonly pid: number
  /** The process of its session in Postgres. */
  readonly backendPid: number
  /**
   * Runs a load, and resolves when all of its orders are settled. The load goes on while `beginWindow` works. The window
   * begins when that has resolved, and its `end` is called at the moment at which the window ends.
   * @throws if an order is not accepted or not settled.
   */
  run<Readings>(
    load: LoadSpec,
    beginWindow: () => Promise<{ end(): Promise<Readings> }>,
  ): Promise<{ measured: MeasuredLoad; readings: Readings }>
  /** Kills the process. */
  stop(): Promise<void>
}

const script = fileURLToPath(new URL('main.ts', import.meta.url))

export const startLoadProcess = async (shop: ShopOptions): Promise<LoadProcess> => {
  const child = fork(script, { execArgv: [] })
  const { pid } = child
  if (pid === undefined) throw new Error('The load process can’t be started.')
  const exited = once(child, 'exit')
  const opened = next(child, 'opened')
  post(child, { type: 'open', shop })
  const { backendPid } = await opened.catch((error: unknown) => {
    child.kill()
    throw error
  })
  return {
    pid,
    backendPid,
    run: async (load, beginWindow) => {
      const [ready, ended, measured] = [next(child, 'ready'), next(child, 'ended'), next(child, 'measured')]
      post(child, { type: 'run', load })
      const begun = ready.then(beginWindow).then((window) => {
        post(child, { type: 'go' })
        return window
      })
      const readings = Promise.all([begun, ended]).then(([window]) => window.end())
      const [read, { measured: result }] = await Promise.all([readings, measured])
      return { measured: result, readings: read }
    },
    stop: async () => {
      child.kill()
      await exited
    },
  }
}

const post = (child: ChildProcess, message: ToLoad): void => void child.send(message)

/** Resolves to the next message of that type. @throws if the load fails or its process exits before that. */
const next = <Type extends FromLoad['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<FromLoad, { type: Type }>> =>
  new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      child.off('message', onMessage).off('exit', onExit)
      act()
    }
    const onMessage = (message: FromLoad) => {
      if (isOfType(message, type)) finish(() => resolve(message))
      else if (message.type === 'failed') finish(() => reject(new Error(message.message)))
    }
    const onExit = () => finish(() => reject(new Error('The load process exited.')))
    child.on('message', onMessage).on('exit', onExit)
  })

const isOfType = <Type extends FromLoad['type']>(
  message: FromLoad,
  type: Type,
): message is Extract<FromLoad, { type: Type }> => message.type === type
