/** One instance of a service: a supervised process, with its own connections to Postgres and RabbitMQ. */
import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { type ServiceProcess, startServiceProcess } from '@quadrille/shop-testing'
import type { TcpProxy } from '@quadrille/testing'

export interface InstanceOptions {
  readonly service: ServiceName
  /** Its number among the instances of its service, from 1. */
  readonly number: number
  readonly port: number
  readonly toPostgres: TcpProxy
  readonly toRabbitMq: TcpProxy
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** How soon it must exit after SIGTERM, ms. Default: the services end themselves within 10 s. */
  readonly stopWithinMs?: number
}

/** How soon an instance that exited is started again, ms. */
const restartAfterMs = 500

export class Instance {
  readonly name: string
  readonly service: ServiceName
  readonly number: number
  readonly url: string
  readonly toPostgres: TcpProxy
  readonly toRabbitMq: TcpProxy
  readonly unexpectedExits: string[] = []
  starts = 0
  /** By SIGTERM. */
  stops = 0
  readonly #options: InstanceOptions
  #killed = new AbortController()
  #stopping = false
  #process: ServiceProcess | null = null
  #ended: Promise<unknown> = Promise.resolve()

  constructor(options: InstanceOptions) {
    this.#options = options
    this.name = `${options.service}-${options.number}`
    this.service = options.service
    this.number = options.number
    this.url = `http://127.0.0.1:${options.port}`
    this.toPostgres = options.toPostgres
    this.toRabbitMq = options.toRabbitMq
  }

  /** Starts it, and restarts it when it exits. Resolves when it listens for the first time, or is killed before that. */
  start(): Promise<void> {
    const { promise: listening, resolve } = Promise.withResolvers<void>()
    this.#killed = new AbortController()
    this.#ended = this.#supervise(this.#killed.signal, resolve).finally(resolve)
    return listening
  }

  /** Like `kill -9`, also during its start. */
  async kill(): Promise<void> {
    this.#killed.abort()
    await this.#ended
  }

  /** False if it is not running. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): boolean {
    return this.#process !== null && process.kill(this.#process.pid, name)
  }

  /** Sets its clock to a wrong time, or back. False if it is not running. */
  setClock(how: 'wrong' | 'right'): boolean {
    return this.#process !== null && process.kill(this.#process.pid, how === 'wrong' ? 'SIGUSR2' : 'SIGURG')
  }

  /** Stops it by SIGTERM, like an operator. An exit code other than 0, or no exit in time, is an unexpected exit. */
  async stop(): Promise<void> {
    this.#stopping = true
    const { stopWithinMs = 20_000 } = this.#options
    const limit = new AbortController()
    const late = pause(stopWithinMs, 'late' as const, { signal: limit.signal }).catch(() => 'late' as const)
    const code = await Promise.race([this.#process?.end(), late])
    limit.abort()
    await this.kill()
    this.#stopping = false
    this.stops += 1
    if (code === 'late') this.unexpectedExits.push(`did not exit within ${stopWithinMs / 1_000} s when it was stopped`)
    else if (code !== undefined && code !== 0) this.unexpectedExits.push(`exited with ${code} when it was stopped`)
  }

  /** Kills it, and closes its proxies. */
  async close(): Promise<void> {
    await this.kill()
    await Promise.all([this.toPostgres.close(), this.toRabbitMq.close()])
  }

  async #supervise(killed: AbortSignal, listening: () => void): Promise<void> {
    while (!killed.aborted && !this.#stopping) {
      const exit = await this.#runOnce(killed, listening)
      if (killed.aborted || this.#stopping) return
      this.unexpectedExits.push(exit)
      await pause(restartAfterMs)
    }
  }

  /** Runs it once. Resolves to a description of its exit. */
  async #runOnce(killed: AbortSignal, listening: () => void): Promise<string> {
    const { service, env, logFile } = this.#options
    const onLine = (line: string) => appendFileSync(logFile, `${line}\n`)
    this.starts += 1
    try {
      const started = await startServiceProcess(service, env, { onLine, signal: killed })
      this.#process = started
      listening()
      return `exited with ${await started.ended}`
    } catch (error) {
      return String(error)
    } finally {
      this.#process = null
    }
  }
}
